/**
 * Sweeps as types. Generated from schemas/sweep.schema.json by `npm run schema`: do not edit.
 */

/**
 * Any value.
 */
type Value = string | number | boolean | null | unknown[] | {};
/**
 * A list of values, or a map that says how the values are found.
 */
type Axis =
  | Value[]
  | {
      /**
       * What the axis sets, as `stages[small].epochs`. Without it, the axis's name.
       */
      path?: string;
      /**
       * The values, in order.
       *
       * @minItems 1
       */
      values: Value[];
      /**
       * Takes part only in trials in which other axes have these values.
       */
      when?: Condition;
    }
  | {
      /**
       * What the axis sets, as `stages[small].epochs`. Without it, the axis's name.
       */
      path?: string;
      /**
       * First value.
       */
      from: number;
      /**
       * Last value.
       */
      to: number;
      /**
       * How many values, both ends among them.
       */
      count: number;
      /**
       * `linear`: equal differences between neighbours. `log`: equal ratios; both ends are above 0.
       */
      scale?: 'linear' | 'log';
      /**
       * Whether values are rounded to whole numbers.
       */
      integer?: boolean;
      /**
       * Takes part only in trials in which other axes have these values.
       */
      when?: Condition;
    }
  | {
      /**
       * What the axis sets, as `stages[small].epochs`. Without it, the axis's name.
       */
      path?: string;
      /**
       * First value.
       */
      from: number;
      /**
       * No value is beyond this one.
       */
      to: number;
      /**
       * Difference between neighbours, above 0; the values go down where `to` is below `from`.
       */
      step: number;
      /**
       * Takes part only in trials in which other axes have these values.
       */
      when?: Condition;
    }
  | {
      /**
       * What the axis sets, as `stages[small].epochs`. Without it, the axis's name.
       */
      path?: string;
      /**
       * What values are drawn from, for every strategy but `grid`. `uniform`: between `from` and `to`. `logUniform`: the logarithm is uniform; both ends are above 0.
       */
      distribution: 'uniform' | 'logUniform';
      /**
       * Lowest value.
       */
      from: number;
      /**
       * Highest value.
       */
      to: number;
      /**
       * Whether values are rounded to whole numbers.
       */
      integer?: boolean;
      /**
       * Takes part only in trials in which other axes have these values.
       */
      when?: Condition;
    }
  | {
      /**
       * Choices by name. Each sets values by their path; an empty map leaves the base as it is.
       */
      choices: {
        [k: string]: {
          [k: string]: Value;
        };
      };
      /**
       * Takes part only in trials in which other axes have these values.
       */
      when?: Condition;
    }
  | {
      /**
       * Lists of equal length by the paths that they set: the values at one place of all lists belong together.
       */
      zip: {
        /**
         * @minItems 1
         */
        [k: string]: Value[];
      };
      /**
       * Takes part only in trials in which other axes have these values.
       */
      when?: Condition;
    };
/**
 * Which combinations are tried.
 */
type Strategy =
  | {
      /**
       * `grid`: every combination, in the order of the file, the last axis changing fastest.
       */
      name: 'grid';
    }
  | {
      /**
       * `random`: combinations drawn one by one, as many as `budget.trials` allows.
       */
      name: 'random';
      seed?: Seed;
    }
  | {
      /**
       * `sobol`: points of Sobol's sequence, which fill the space more evenly than random ones; as many as `budget.trials` allows, most evenly where that is a power of 2.
       */
      name: 'sobol';
      seed?: Seed;
    }
  | {
      /**
       * `asha`: asynchronous successive halving. Trials stop early, and the best by the sweep's metric go on from their checkpoints. As many drawn combinations as `budget.trials` allows; without that every combination of the lists, in a drawn order.
       */
      name: 'asha';
      /**
       * Epochs, over all stages, after which a trial first stops: the lowest rung. The next ones are at `minEpochs · reduction`, `minEpochs · reduction²` and so on, below the epochs of the experiment.
       */
      minEpochs: number;
      /**
       * Of the trials that came to a rung, the best of so many go on; rungs are as many times apart.
       */
      reduction?: number;
      seed?: Seed;
    }
  | {
      /**
       * `tpe`: tree-structured Parzen estimator. After some drawn combinations each further one is chosen from the results of those before it: where good ones were found and bad ones were not. As many trials as `budget.trials` allows.
       */
      name: 'tpe';
      /**
       * Combinations with a result before the first is chosen; up to then they are drawn as by `random`. One that is repeated with several seeds counts once.
       */
      startupTrials?: number;
      /**
       * Values of an axis that are drawn from the density of the good ones; the one that is most likely to be good is taken. More of them look more closely around what was best.
       */
      candidates?: number;
      /**
       * Share of the results that counts as good, rounded up to whole results, and at most 25 of them.
       */
      gamma?: number;
      seed?: Seed;
    };
/**
 * Seed of the draw. The same seed draws the same combinations on every machine.
 */
type Seed = number;
/**
 * What trials are compared by: a figure of the validation part at the end of a trial.
 */
type Metric =
  | {
      /**
       * `loss`: the loss of all heads together, or of one head.
       */
      name: 'loss';
      head?: MetricHead;
      direction?: Direction;
    }
  | {
      /**
       * `accuracy`: share of the rows that are right.
       */
      name: 'accuracy';
      head?: MetricHead;
      direction?: Direction;
    }
  | {
      /**
       * `balancedAccuracy`: mean of the classes' own accuracies.
       */
      name: 'balancedAccuracy';
      head?: MetricHead;
      direction?: Direction;
    }
  | {
      /**
       * `macroF1`: mean of the classes' F1.
       */
      name: 'macroF1';
      head?: MetricHead;
      direction?: Direction;
    };
/**
 * Head whose figure it is; null for the loss of the experiment, and for the mean of the heads' scores.
 */
type MetricHead = string | null;
/**
 * Whether the best trial has the lowest or the highest figure.
 */
type Direction = 'minimize' | 'maximize';

/**
 * Many trials of one experiment that differ in the values of some of its keys.
 */
export interface Sweep {
  /**
   * Sweep file that this one starts from, relative to this file. Maps are merged key by key; lists and single values replace what the other file says.
   */
  extends?: string;
  /**
   * Name of the sweep: the beginning of its folder's name and the name of its parent run in MLflow. Letters, digits, `_`, `.` and `-`.
   */
  name: string;
  /**
   * What the sweep is to find out, in Markdown. Shown with the parent run in MLflow.
   */
  description?: string;
  /**
   * File of the experiment that all trials start from, relative to this file.
   */
  base: string;
  /**
   * Values that every trial has in place of those of the base, by their path, as `stages[small].epochs`.
   */
  values?: {
    [k: string]: Value;
  };
  /**
   * What differs between trials. The key is the path of a value of the experiment, as `optimizer.learningRate`, or any name where the axis itself says what it sets (`path`, `choices`, `zip`).
   */
  axes: {
    [k: string]: Axis;
  };
  /**
   * Combinations that are left out: a trial that has all the values of one of them is no part of the sweep.
   */
  exclude?: Condition[];
  /**
   * Seeds that each combination is repeated with. Without it, once with the base's own.
   *
   * @minItems 1
   */
  seeds?: number[];
  strategy?: Strategy;
  metric?: Metric;
  budget?: Budget;
  limits?: Limits;
}
/**
 * Values by the name of an axis or by a path that one sets. A list is a list of values of which any will do, unless it is a value of the axis itself.
 */
interface Condition {
  [k: string]: Value;
}
/**
 * After how much the sweep ends. What runs by then is finished; null for no end of this kind.
 */
interface Budget {
  /**
   * Trials at most, repetitions with other seeds among them.
   */
  trials?: number | null;
  /**
   * Epochs of all trials together after which none is begun.
   */
  epochs?: number | null;
  /**
   * Hours of all trials together, each counted by the clock, after which none is begun.
   */
  hours?: number | null;
}
/**
 * What one trial may take.
 */
interface Limits {
  /**
   * Hours by the clock, all attempts together, after which a trial is stopped and counts as failed; null for no limit.
   */
  hours?: number | null;
  /**
   * Resident memory of a trial's process in 10⁹ bytes beyond which it is stopped and counts as failed; null for no limit.
   */
  memoryGigabytes?: number | null;
  /**
   * How often a trial that failed is started again, from its last checkpoint, each time after a longer wait. A trial that was stopped from outside does not use them up.
   */
  retries?: number;
}

/**
 * Any value.
 */
type ResolvedValue = string | number | boolean | null | unknown[] | {};
/**
 * A list of values, or a map that says how the values are found.
 */
type ResolvedAxis =
  | ResolvedValue[]
  | {
      /**
       * What the axis sets, as `stages[small].epochs`. Without it, the axis's name.
       */
      path?: string;
      /**
       * The values, in order.
       *
       * @minItems 1
       */
      values: ResolvedValue[];
      /**
       * Takes part only in trials in which other axes have these values.
       */
      when?: ResolvedCondition;
    }
  | {
      /**
       * What the axis sets, as `stages[small].epochs`. Without it, the axis's name.
       */
      path?: string;
      /**
       * First value.
       */
      from: number;
      /**
       * Last value.
       */
      to: number;
      /**
       * How many values, both ends among them.
       */
      count: number;
      /**
       * `linear`: equal differences between neighbours. `log`: equal ratios; both ends are above 0.
       */
      scale: 'linear' | 'log';
      /**
       * Whether values are rounded to whole numbers.
       */
      integer: boolean;
      /**
       * Takes part only in trials in which other axes have these values.
       */
      when?: ResolvedCondition;
    }
  | {
      /**
       * What the axis sets, as `stages[small].epochs`. Without it, the axis's name.
       */
      path?: string;
      /**
       * First value.
       */
      from: number;
      /**
       * No value is beyond this one.
       */
      to: number;
      /**
       * Difference between neighbours, above 0; the values go down where `to` is below `from`.
       */
      step: number;
      /**
       * Takes part only in trials in which other axes have these values.
       */
      when?: ResolvedCondition;
    }
  | {
      /**
       * What the axis sets, as `stages[small].epochs`. Without it, the axis's name.
       */
      path?: string;
      /**
       * What values are drawn from, for every strategy but `grid`. `uniform`: between `from` and `to`. `logUniform`: the logarithm is uniform; both ends are above 0.
       */
      distribution: 'uniform' | 'logUniform';
      /**
       * Lowest value.
       */
      from: number;
      /**
       * Highest value.
       */
      to: number;
      /**
       * Whether values are rounded to whole numbers.
       */
      integer: boolean;
      /**
       * Takes part only in trials in which other axes have these values.
       */
      when?: ResolvedCondition;
    }
  | {
      /**
       * Choices by name. Each sets values by their path; an empty map leaves the base as it is.
       */
      choices: {
        [k: string]: {
          [k: string]: ResolvedValue;
        };
      };
      /**
       * Takes part only in trials in which other axes have these values.
       */
      when?: ResolvedCondition;
    }
  | {
      /**
       * Lists of equal length by the paths that they set: the values at one place of all lists belong together.
       */
      zip: {
        /**
         * @minItems 1
         */
        [k: string]: ResolvedValue[];
      };
      /**
       * Takes part only in trials in which other axes have these values.
       */
      when?: ResolvedCondition;
    };
/**
 * Which combinations are tried.
 */
type ResolvedStrategy =
  | {
      /**
       * `grid`: every combination, in the order of the file, the last axis changing fastest.
       */
      name: 'grid';
    }
  | {
      /**
       * `random`: combinations drawn one by one, as many as `budget.trials` allows.
       */
      name: 'random';
      seed: ResolvedSeed;
    }
  | {
      /**
       * `sobol`: points of Sobol's sequence, which fill the space more evenly than random ones; as many as `budget.trials` allows, most evenly where that is a power of 2.
       */
      name: 'sobol';
      seed: ResolvedSeed;
    }
  | {
      /**
       * `asha`: asynchronous successive halving. Trials stop early, and the best by the sweep's metric go on from their checkpoints. As many drawn combinations as `budget.trials` allows; without that every combination of the lists, in a drawn order.
       */
      name: 'asha';
      /**
       * Epochs, over all stages, after which a trial first stops: the lowest rung. The next ones are at `minEpochs · reduction`, `minEpochs · reduction²` and so on, below the epochs of the experiment.
       */
      minEpochs: number;
      /**
       * Of the trials that came to a rung, the best of so many go on; rungs are as many times apart.
       */
      reduction: number;
      seed: ResolvedSeed;
    }
  | {
      /**
       * `tpe`: tree-structured Parzen estimator. After some drawn combinations each further one is chosen from the results of those before it: where good ones were found and bad ones were not. As many trials as `budget.trials` allows.
       */
      name: 'tpe';
      /**
       * Combinations with a result before the first is chosen; up to then they are drawn as by `random`. One that is repeated with several seeds counts once.
       */
      startupTrials: number;
      /**
       * Values of an axis that are drawn from the density of the good ones; the one that is most likely to be good is taken. More of them look more closely around what was best.
       */
      candidates: number;
      /**
       * Share of the results that counts as good, rounded up to whole results, and at most 25 of them.
       */
      gamma: number;
      seed: ResolvedSeed;
    };
/**
 * Seed of the draw. The same seed draws the same combinations on every machine.
 */
type ResolvedSeed = number;
/**
 * What trials are compared by: a figure of the validation part at the end of a trial.
 */
type ResolvedMetric =
  | {
      /**
       * `loss`: the loss of all heads together, or of one head.
       */
      name: 'loss';
      head: ResolvedMetricHead;
      direction: ResolvedDirection;
    }
  | {
      /**
       * `accuracy`: share of the rows that are right.
       */
      name: 'accuracy';
      head: ResolvedMetricHead;
      direction: ResolvedDirection;
    }
  | {
      /**
       * `balancedAccuracy`: mean of the classes' own accuracies.
       */
      name: 'balancedAccuracy';
      head: ResolvedMetricHead;
      direction: ResolvedDirection;
    }
  | {
      /**
       * `macroF1`: mean of the classes' F1.
       */
      name: 'macroF1';
      head: ResolvedMetricHead;
      direction: ResolvedDirection;
    };
/**
 * Head whose figure it is; null for the loss of the experiment, and for the mean of the heads' scores.
 */
type ResolvedMetricHead = string | null;
/**
 * Whether the best trial has the lowest or the highest figure.
 */
type ResolvedDirection = 'minimize' | 'maximize';

/**
 * Many trials of one experiment that differ in the values of some of its keys.
 */
export interface ResolvedSweep {
  /**
   * Sweep file that this one starts from, relative to this file. Maps are merged key by key; lists and single values replace what the other file says.
   */
  extends?: string;
  /**
   * Name of the sweep: the beginning of its folder's name and the name of its parent run in MLflow. Letters, digits, `_`, `.` and `-`.
   */
  name: string;
  /**
   * What the sweep is to find out, in Markdown. Shown with the parent run in MLflow.
   */
  description?: string;
  /**
   * File of the experiment that all trials start from, relative to this file.
   */
  base: string;
  /**
   * Values that every trial has in place of those of the base, by their path, as `stages[small].epochs`.
   */
  values: {
    [k: string]: ResolvedValue;
  };
  /**
   * What differs between trials. The key is the path of a value of the experiment, as `optimizer.learningRate`, or any name where the axis itself says what it sets (`path`, `choices`, `zip`).
   */
  axes: {
    [k: string]: ResolvedAxis;
  };
  /**
   * Combinations that are left out: a trial that has all the values of one of them is no part of the sweep.
   */
  exclude: ResolvedCondition[];
  /**
   * Seeds that each combination is repeated with. Without it, once with the base's own.
   *
   * @minItems 1
   */
  seeds?: number[];
  strategy: ResolvedStrategy;
  metric: ResolvedMetric;
  budget: ResolvedBudget;
  limits: ResolvedLimits;
}
/**
 * Values by the name of an axis or by a path that one sets. A list is a list of values of which any will do, unless it is a value of the axis itself.
 */
interface ResolvedCondition {
  [k: string]: ResolvedValue;
}
/**
 * After how much the sweep ends. What runs by then is finished; null for no end of this kind.
 */
interface ResolvedBudget {
  /**
   * Trials at most, repetitions with other seeds among them.
   */
  trials: number | null;
  /**
   * Epochs of all trials together after which none is begun.
   */
  epochs: number | null;
  /**
   * Hours of all trials together, each counted by the clock, after which none is begun.
   */
  hours: number | null;
}
/**
 * What one trial may take.
 */
interface ResolvedLimits {
  /**
   * Hours by the clock, all attempts together, after which a trial is stopped and counts as failed; null for no limit.
   */
  hours: number | null;
  /**
   * Resident memory of a trial's process in 10⁹ bytes beyond which it is stopped and counts as failed; null for no limit.
   */
  memoryGigabytes: number | null;
  /**
   * How often a trial that failed is started again, from its last checkpoint, each time after a longer wait. A trial that was stopped from outside does not use them up.
   */
  retries: number;
}
