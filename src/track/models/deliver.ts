/**
 * Tells one server of a run's model: MLflow 3's LoggedModel with its files and its metrics, and a version in the registry
 * where one is wanted. Doing it twice makes nothing twice: the model is found again by our tag, the version by its run.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Delivery, inBatches, orReject, type PackageModel, RUN_ID_TAG } from '../delivery.ts';
import { Refusal } from '../refusal.ts';
import { encodeMetric, encodeName, encodeRecord, encodeTag, encodeText } from '../spool/encode.ts';
import type { AliasEvent, ModelEvent } from '../spool/events.ts';
import type { LoggedModel } from './api.ts';

/** Characters that MLflow refuses in the name of a model. */
const REFUSED = /[/:.%"']/g;

/** @returns when the server has the model */
export async function deliverModel(delivery: Delivery, event: ModelEvent): Promise<void> {
  const { models, run, folder, packageModel } = delivery;
  await orReject(delivery, { model: event.name }, async () => {
    if (packageModel === undefined) throw new TypeError('whoever sends this cannot write models for MLflow');
    const id = delivery.first.run.runId;
    const found = await models.findModel(run, RUN_ID_TAG, id).catch(asTooOld);
    const name = encodeText(event.name).replace(REFUSED, '_');
    const tags = encodeRecord({ [RUN_ID_TAG]: id }, encodeTag);
    const model = found ?? (await models.createModel(run, name, tags));
    if (!model.isReady) {
      await putFiles(delivery, model, path.join(folder, event.folder), packageModel);
      await models.setReady(model.modelId);
    }
    await models.logOutput(run.runId, model.modelId, event.step);
    const fields = Object.entries(event.metrics).flatMap(([key, value]) =>
      typeof value === 'string'
        ? []
        : [
            {
              ...encodeMetric(encodeName(key), value, event.time, event.step),
              model_id: model.modelId,
            },
          ],
    );
    await inBatches(delivery, fields, 'metrics');
    if (event.register === undefined) return;
    const version = await models.findVersion(event.register, run.runId);
    if (version === undefined) await models.register(event.register, model, run.runId);
  });
}

/** @returns when the model of that run is a version, with the alias */
export async function deliverAlias(delivery: Delivery, event: AliasEvent): Promise<void> {
  const { api, models, run } = delivery;
  const { model, alias, runId } = event;
  await orReject(delivery, { model, alias }, async () => {
    const of = await api.findRun(run.experimentId, RUN_ID_TAG, runId);
    const logged = of && (await models.findModel(of, RUN_ID_TAG, runId).catch(asTooOld));
    if (of === undefined || !logged?.isReady)
      throw new TypeError(`the model of the run ${runId} is not there`);
    const version =
      (await models.findVersion(model, of.runId)) ?? (await models.register(model, logged, of.runId));
    await models.setAlias(model, alias, version);
  });
}

async function putFiles(
  { models, run }: Delivery,
  model: LoggedModel,
  from: string,
  packageModel: PackageModel,
): Promise<void> {
  const into = mkdtempSync(path.join(tmpdir(), 'manyheads-model-'));
  try {
    await packageModel({ model: from, into, modelId: model.modelId, runId: run.runId });
    for (const file of readdirSync(into)) await models.putFile(model, file, path.join(into, file));
  } finally {
    rmSync(into, { recursive: true, force: true });
  }
}

/** The first call that only MLflow 3 knows: the answer of an older one says nothing of the address. */
function asTooOld(error: unknown): never {
  if (error instanceof Refusal && (error.status === 404 || error.status === 405))
    throw new Refusal('invalid', 'this MLflow is older than 3 and has no models of runs', {
      status: error.status,
      cause: error,
    });
  throw error;
}
