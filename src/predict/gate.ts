/** Tasks that run beside each other, so many at once, and tasks that need to be alone. */

export interface Gate {
  /** Runs beside others. */
  shared<T>(task: () => Promise<T>): Promise<T>;
  /** Waits until nothing runs, and nothing else begins before it is done. */
  alone<T>(task: () => Promise<T>): Promise<T>;
}

export function createGate(atOnce: number): Gate {
  let running = 0;
  let isAlone = false;
  const waiting: (() => void)[] = [];
  const waitingAlone: (() => void)[] = [];

  const next = (): void => {
    if (isAlone) return;
    if (waitingAlone.length > 0) {
      if (running > 0) return;
      isAlone = true;
      waitingAlone.shift()!();
      return;
    }
    while (running < atOnce && waiting.length > 0) {
      running += 1;
      waiting.shift()!();
    }
  };
  const turn = (queue: (() => void)[]): Promise<void> =>
    new Promise((resolve) => {
      queue.push(resolve);
      next();
    });

  return {
    async shared(task) {
      await turn(waiting);
      try {
        return await task();
      } finally {
        running -= 1;
        next();
      }
    },
    async alone(task) {
      await turn(waitingAlone);
      try {
        return await task();
      } finally {
        isAlone = false;
        next();
      }
    },
  };
}
