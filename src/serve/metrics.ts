/** What a server counts, in the text format of Prometheus. Names follow https://prometheus.io/docs/practices/naming/. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  /** A request was answered. */
  request(route: string, status: number, seconds: number): void;
  image(model: string, isDamaged: boolean): void;
  decoded(model: string, seconds: number): void;
  batch(model: string, images: number, seconds: number): void;
  /** Asked whenever the metrics are read. */
  watch(model: string, now: () => { readonly inWork: number; readonly waiting: number }): void;
  /** @returns the metrics, and their content type */
  text(): Promise<{ readonly type: string; readonly text: string }>;
}

/** Seconds: a first bucket for a small network and a last one for a request that is given up. */
const SECONDS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];
const IMAGES = [1, 2, 4, 8, 16, 32, 64, 128];

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'manyheads_requests_total',
    help: 'Requests that were answered.',
    labelNames: ['route', 'status'],
    registers,
  });
  const requestSeconds = new Histogram({
    name: 'manyheads_request_seconds',
    help: 'From the beginning of a request to its answer.',
    labelNames: ['route'],
    buckets: SECONDS,
    registers,
  });
  const images = new Counter({
    name: 'manyheads_images_total',
    help: 'Images that were answered.',
    labelNames: ['model', 'damaged'],
    registers,
  });
  const decodeSeconds = new Histogram({
    name: 'manyheads_decode_seconds',
    help: 'Waiting for a thread, and decoding, of an image.',
    labelNames: ['model'],
    buckets: SECONDS,
    registers,
  });
  const batchImages = new Histogram({
    name: 'manyheads_batch_images',
    help: 'Images of a batch.',
    labelNames: ['model'],
    buckets: IMAGES,
    registers,
  });
  const batchSeconds = new Histogram({
    name: 'manyheads_batch_seconds',
    help: 'Computing a batch.',
    labelNames: ['model'],
    buckets: SECONDS,
    registers,
  });
  const watched = new Map<string, Parameters<Metrics['watch']>[1]>();
  const gauge = (name: string, help: string, what: 'inWork' | 'waiting'): Gauge =>
    new Gauge({
      name,
      help,
      labelNames: ['model'],
      registers,
      collect() {
        for (const [model, now] of watched) this.set({ model }, now()[what]);
      },
    });
  gauge('manyheads_images_in_work', 'Images that are in work or wait.', 'inWork');
  gauge('manyheads_images_waiting', 'Decoded images that wait for the next batch.', 'waiting');

  return {
    request(route, status, seconds) {
      requests.inc({ route, status });
      requestSeconds.observe({ route }, seconds);
    },
    image: (model, isDamaged) => images.inc({ model, damaged: String(isDamaged) }),
    decoded: (model, seconds) => decodeSeconds.observe({ model }, seconds),
    batch(model, count, seconds) {
      batchImages.observe({ model }, count);
      batchSeconds.observe({ model }, seconds);
    },
    watch: (model, now) => void watched.set(model, now),
    text: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
}
