// What a long step reports while it runs, and how it looks on a terminal or in a log.

/** One report. The last one of a step has `finished`. */
export interface ProgressReport {
  /** What is being done, as `TensorFlow 2.21.0: download`. */
  readonly what: string;
  /** Millions of bytes so far. */
  readonly megabytes?: number | undefined;
  /** Millions of bytes in all, where known. */
  readonly totalMegabytes?: number | undefined;
  /** Anything else worth saying, in a few words. */
  readonly detail?: string | undefined;
  readonly seconds: number;
  readonly finished: boolean;
}

export type Progress = (report: ProgressReport) => void;

/** Between two lines of the same step where there is no terminal to write in place. */
const logSeconds = 15;
const tickMs = 500;

/**
 * Runs a step and reports on it twice a second.
 * @param measure asked at each report for what has changed
 */
export async function withProgress<T>(
  progress: Progress,
  what: string,
  measure: () => Pick<ProgressReport, 'megabytes' | 'totalMegabytes' | 'detail'>,
  action: () => Promise<T>,
): Promise<T> {
  const start = performance.now();
  const report = (finished: boolean) =>
    progress({ what, ...measure(), seconds: (performance.now() - start) / 1000, finished });
  report(false);
  const timer = setInterval(() => report(false), tickMs);
  try {
    const result = await action();
    clearInterval(timer);
    report(true);
    return result;
  } finally {
    clearInterval(timer);
  }
}

/** For `withLock`: reports that another process does the work, and which. */
export function reportWait(progress: Progress, what: string): (owner: string) => void {
  return (owner) => progress({ what, detail: `waiting for ${owner}`, seconds: 0, finished: false });
}

/** A report as text: `TensorFlow 2.21.0: download, 120 of 271 MB, 8 s`. */
export function formatProgress(report: ProgressReport): string {
  const { what, megabytes, totalMegabytes, detail, seconds, finished } = report;
  const parts = [what];
  if (megabytes !== undefined && megabytes > 0) {
    const total = totalMegabytes !== undefined && !finished ? ` of ${Math.round(totalMegabytes)}` : '';
    parts.push(`${Math.round(megabytes)}${total} MB`);
  }
  if (detail !== undefined) parts.push(detail);
  parts.push(`${finished ? 'done in ' : ''}${seconds.toFixed(seconds < 10 ? 1 : 0)} s`);
  return parts.join(', ');
}

/** Writes reports to a stream: in place on a terminal, else a line at the start, one each 15 s and one at the end. */
export function streamProgress(stream: NodeJS.WriteStream): Progress {
  let current = '';
  let lineAt = 0;
  return (report) => {
    const text = formatProgress(report);
    if (stream.isTTY) {
      // Carriage return, the text cut to the width, and "erase to the end of the line".
      stream.write(`\r${text.slice(0, (stream.columns ?? 80) - 1)}\u001b[K${report.finished ? '\n' : ''}`);
      return;
    }
    const isNew = report.what !== current;
    if (!isNew && !report.finished && report.seconds - lineAt < logSeconds) return;
    current = report.finished ? '' : report.what;
    lineAt = report.seconds;
    stream.write(`${text}\n`);
  };
}
