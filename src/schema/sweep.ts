/**
 * Sweeps as types. Generated from schemas/sweep.schema.json by `npm run schema`: do not edit.
 */

/**
 * Any value.
 */
type Value = string | number | boolean | null | unknown[] | {};
/**
 * A list of values, or a map that says where the values come from. The map has one of six forms.
 */
type Axis =
  | Value[]
  | {
      /**
       * Path of the value that the axis sets, for example `stages[small].epochs`. Without it, the name of the axis is the path.
       */
      path?: string;
      /**
       * The values, in order.
       *
       * @minItems 1
       */
      values: Value[];
      /**
       * The axis takes part only in trials in which other axes have these values. A map from an axis or path to a value, or to a list of values of which any will do.
       */
      when?: Condition;
    }
  | {
      /**
       * Path of the value that the axis sets, for example `stages[small].epochs`. Without it, the name of the axis is the path.
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
       * Number of values, both ends included.
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
       * The axis takes part only in trials in which other axes have these values. A map from an axis or path to a value, or to a list of values of which any will do.
       */
      when?: Condition;
    }
  | {
      /**
       * Path of the value that the axis sets, for example `stages[small].epochs`. Without it, the name of the axis is the path.
       */
      path?: string;
      /**
       * First value.
       */
      from: number;
      /**
       * No value goes beyond this one.
       */
      to: number;
      /**
       * Difference between neighbours. If `to` is below `from`, the values go down.
       */
      step: number;
      /**
       * The axis takes part only in trials in which other axes have these values. A map from an axis or path to a value, or to a list of values of which any will do.
       */
      when?: Condition;
    }
  | {
      /**
       * Path of the value that the axis sets, for example `stages[small].epochs`. Without it, the name of the axis is the path.
       */
      path?: string;
      /**
       * Distribution that values are drawn from, for every strategy but `grid`. `uniform`: between `from` and `to`. `logUniform`: the logarithm is uniform; both ends are above 0.
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
       * The axis takes part only in trials in which other axes have these values. A map from an axis or path to a value, or to a list of values of which any will do.
       */
      when?: Condition;
    }
  | {
      /**
       * Choices by name. Each sets any number of values by their paths. An empty map leaves the base as it is.
       */
      choices: {
        [k: string]: {
          [k: string]: Value;
        };
      };
      /**
       * The axis takes part only in trials in which other axes have these values. A map from an axis or path to a value, or to a list of values of which any will do.
       */
      when?: Condition;
    }
  | {
      /**
       * Lists of equal length, by the paths that they set. The first values of all lists belong together, and so on.
       */
      zip: {
        /**
         * @minItems 1
         */
        [k: string]: Value[];
      };
      /**
       * The axis takes part only in trials in which other axes have these values. A map from an axis or path to a value, or to a list of values of which any will do.
       */
      when?: Condition;
    };
/**
 * Which combinations are tried.
 */
type Strategy =
  | {
      /**
       * `grid`: every combination, in the order of the file. The last axis changes fastest.
       */
      name: 'grid';
    }
  | {
      /**
       * `random`: combinations drawn at random, as many as `budget.trials`.
       */
      name: 'random';
      seed?: Seed;
    }
  | {
      /**
       * `sobol`: points of Sobol's sequence, as many as `budget.trials`. They fill the space more evenly than random ones, most evenly if their number is a power of 2.
       */
      name: 'sobol';
      seed?: Seed;
    }
  | {
      /**
       * `asha`: asynchronous successive halving. Trials stop early, and the best of them continue from their checkpoints. It draws as many combinations as `budget.trials`, or without that every combination of the lists in random order.
       */
      name: 'asha';
      /**
       * Epochs, over all stages, after which a trial first stops. This is the lowest rung. The next rungs are at `minEpochs · reduction`, `minEpochs · reduction²` and so on, below the epochs of the experiment.
       */
      minEpochs: number;
      /**
       * With 3, the best third of the trials at a rung continues, and each rung is at three times the epochs of the one before.
       */
      reduction?: number;
      seed?: Seed;
    }
  | {
      /**
       * `tpe`: tree-structured Parzen estimator. After some random combinations, each further one is chosen from the results so far. It tries as many trials as `budget.trials`.
       */
      name: 'tpe';
      /**
       * Combinations with a result before the first one is chosen. Until then they are drawn as by `random`. A combination that is run with several seeds counts once.
       */
      startupTrials?: number;
      /**
       * Values of an axis that are drawn near the good results. The one that is most likely to be good is taken. More candidates search more closely around the best results.
       */
      candidates?: number;
      /**
       * Share of the results that counts as good, rounded up to whole results, at most 25.
       */
      gamma?: number;
      seed?: Seed;
    };
/**
 * Seed of the draw. The same seed draws the same combinations on every machine.
 */
type Seed = number;
/**
 * What trials are compared by: a metric of the validation rows at the end of a trial.
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
       * `balancedAccuracy`: mean over the classes of the share of their rows that is right.
       */
      name: 'balancedAccuracy';
      head?: MetricHead;
      direction?: Direction;
    }
  | {
      /**
       * `macroF1`: mean over the classes of their F1.
       */
      name: 'macroF1';
      head?: MetricHead;
      direction?: Direction;
    };
/**
 * Head whose metric it is. Null: the loss of the experiment, or the mean of the metric over all heads.
 */
type MetricHead = string | null;
/**
 * Whether the best trial has the lowest or the highest value.
 */
type Direction = 'minimize' | 'maximize';

/**
 * Many trials of one experiment that differ in some of its values.
 */
export interface Sweep {
  /**
   * Path of the sweep file that this one starts from, relative to this file. Maps are merged key by key. Lists and single values replace those of the other file, and so does a map that names another variant, as an optimizer another `name`. `!replace` before a map replaces the other file's as a whole; `key: !remove` takes a key away.
   */
  extends?: string;
  /**
   * Name of the sweep. It becomes the beginning of its folder's name and the name of its parent run in MLflow.
   */
  name: string;
  /**
   * What the sweep is to find out, in Markdown. MLflow shows it with the parent run.
   */
  description?: string;
  /**
   * Path of the experiment that all trials start from, relative to this file.
   */
  base: string;
  /**
   * Values that all trials have in place of the base's, by path, for example `stages[small].epochs`.
   */
  values?: {
    [k: string]: Value;
  };
  /**
   * What differs between trials. The key is the path of a value of the experiment, for example `optimizer.learningRate`. It may be any name if the axis says itself what it sets (`path`, `choices`, `zip`).
   */
  axes: {
    [k: string]: Axis;
  };
  /**
   * Combinations that are left out. Each is a map from an axis or path to a value or a list of values. A trial that has all values of one of them is not run.
   */
  exclude?: Condition[];
  /**
   * Seeds that each combination is run with. Without it, each is run once with the seed of the base.
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
 * Values by the name of an axis or by a path that one sets. A list means any of its values, unless the list itself is a value of the axis.
 */
interface Condition {
  [k: string]: Value;
}
/**
 * When the sweep ends. Trials that run at that time are finished. Null: no limit of this kind.
 */
interface Budget {
  /**
   * Largest number of trials, those with other seeds included.
   */
  trials?: number | null;
  /**
   * Epochs of all trials together. No trial starts after them.
   */
  epochs?: number | null;
  /**
   * Hours of all trials together, each measured by the clock. No trial starts after them.
   */
  hours?: number | null;
}
/**
 * Limits of a single trial.
 */
interface Limits {
  /**
   * Hours by the clock, all attempts together. A trial that takes longer is stopped and has failed. Null: no limit.
   */
  hours?: number | null;
  /**
   * Resident memory of a trial's process, in gigabytes (10⁹ bytes). A trial that takes more is stopped and has failed. Null: no limit.
   */
  memoryGigabytes?: number | null;
  /**
   * How often a failed trial is started again from its last checkpoint. The wait before it doubles each time. A trial that was stopped from outside does not count.
   */
  retries?: number;
}

/**
 * Any value.
 */
type ResolvedValue = string | number | boolean | null | unknown[] | {};
/**
 * A list of values, or a map that says where the values come from. The map has one of six forms.
 */
type ResolvedAxis =
  | ResolvedValue[]
  | {
      /**
       * Path of the value that the axis sets, for example `stages[small].epochs`. Without it, the name of the axis is the path.
       */
      path?: string;
      /**
       * The values, in order.
       *
       * @minItems 1
       */
      values: ResolvedValue[];
      /**
       * The axis takes part only in trials in which other axes have these values. A map from an axis or path to a value, or to a list of values of which any will do.
       */
      when?: ResolvedCondition;
    }
  | {
      /**
       * Path of the value that the axis sets, for example `stages[small].epochs`. Without it, the name of the axis is the path.
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
       * Number of values, both ends included.
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
       * The axis takes part only in trials in which other axes have these values. A map from an axis or path to a value, or to a list of values of which any will do.
       */
      when?: ResolvedCondition;
    }
  | {
      /**
       * Path of the value that the axis sets, for example `stages[small].epochs`. Without it, the name of the axis is the path.
       */
      path?: string;
      /**
       * First value.
       */
      from: number;
      /**
       * No value goes beyond this one.
       */
      to: number;
      /**
       * Difference between neighbours. If `to` is below `from`, the values go down.
       */
      step: number;
      /**
       * The axis takes part only in trials in which other axes have these values. A map from an axis or path to a value, or to a list of values of which any will do.
       */
      when?: ResolvedCondition;
    }
  | {
      /**
       * Path of the value that the axis sets, for example `stages[small].epochs`. Without it, the name of the axis is the path.
       */
      path?: string;
      /**
       * Distribution that values are drawn from, for every strategy but `grid`. `uniform`: between `from` and `to`. `logUniform`: the logarithm is uniform; both ends are above 0.
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
       * The axis takes part only in trials in which other axes have these values. A map from an axis or path to a value, or to a list of values of which any will do.
       */
      when?: ResolvedCondition;
    }
  | {
      /**
       * Choices by name. Each sets any number of values by their paths. An empty map leaves the base as it is.
       */
      choices: {
        [k: string]: {
          [k: string]: ResolvedValue;
        };
      };
      /**
       * The axis takes part only in trials in which other axes have these values. A map from an axis or path to a value, or to a list of values of which any will do.
       */
      when?: ResolvedCondition;
    }
  | {
      /**
       * Lists of equal length, by the paths that they set. The first values of all lists belong together, and so on.
       */
      zip: {
        /**
         * @minItems 1
         */
        [k: string]: ResolvedValue[];
      };
      /**
       * The axis takes part only in trials in which other axes have these values. A map from an axis or path to a value, or to a list of values of which any will do.
       */
      when?: ResolvedCondition;
    };
/**
 * Which combinations are tried.
 */
type ResolvedStrategy =
  | {
      /**
       * `grid`: every combination, in the order of the file. The last axis changes fastest.
       */
      name: 'grid';
    }
  | {
      /**
       * `random`: combinations drawn at random, as many as `budget.trials`.
       */
      name: 'random';
      seed: ResolvedSeed;
    }
  | {
      /**
       * `sobol`: points of Sobol's sequence, as many as `budget.trials`. They fill the space more evenly than random ones, most evenly if their number is a power of 2.
       */
      name: 'sobol';
      seed: ResolvedSeed;
    }
  | {
      /**
       * `asha`: asynchronous successive halving. Trials stop early, and the best of them continue from their checkpoints. It draws as many combinations as `budget.trials`, or without that every combination of the lists in random order.
       */
      name: 'asha';
      /**
       * Epochs, over all stages, after which a trial first stops. This is the lowest rung. The next rungs are at `minEpochs · reduction`, `minEpochs · reduction²` and so on, below the epochs of the experiment.
       */
      minEpochs: number;
      /**
       * With 3, the best third of the trials at a rung continues, and each rung is at three times the epochs of the one before.
       */
      reduction: number;
      seed: ResolvedSeed;
    }
  | {
      /**
       * `tpe`: tree-structured Parzen estimator. After some random combinations, each further one is chosen from the results so far. It tries as many trials as `budget.trials`.
       */
      name: 'tpe';
      /**
       * Combinations with a result before the first one is chosen. Until then they are drawn as by `random`. A combination that is run with several seeds counts once.
       */
      startupTrials: number;
      /**
       * Values of an axis that are drawn near the good results. The one that is most likely to be good is taken. More candidates search more closely around the best results.
       */
      candidates: number;
      /**
       * Share of the results that counts as good, rounded up to whole results, at most 25.
       */
      gamma: number;
      seed: ResolvedSeed;
    };
/**
 * Seed of the draw. The same seed draws the same combinations on every machine.
 */
type ResolvedSeed = number;
/**
 * What trials are compared by: a metric of the validation rows at the end of a trial.
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
       * `balancedAccuracy`: mean over the classes of the share of their rows that is right.
       */
      name: 'balancedAccuracy';
      head: ResolvedMetricHead;
      direction: ResolvedDirection;
    }
  | {
      /**
       * `macroF1`: mean over the classes of their F1.
       */
      name: 'macroF1';
      head: ResolvedMetricHead;
      direction: ResolvedDirection;
    };
/**
 * Head whose metric it is. Null: the loss of the experiment, or the mean of the metric over all heads.
 */
type ResolvedMetricHead = string | null;
/**
 * Whether the best trial has the lowest or the highest value.
 */
type ResolvedDirection = 'minimize' | 'maximize';

/**
 * Many trials of one experiment that differ in some of its values.
 */
export interface ResolvedSweep {
  /**
   * Path of the sweep file that this one starts from, relative to this file. Maps are merged key by key. Lists and single values replace those of the other file, and so does a map that names another variant, as an optimizer another `name`. `!replace` before a map replaces the other file's as a whole; `key: !remove` takes a key away.
   */
  extends?: string;
  /**
   * Name of the sweep. It becomes the beginning of its folder's name and the name of its parent run in MLflow.
   */
  name: string;
  /**
   * What the sweep is to find out, in Markdown. MLflow shows it with the parent run.
   */
  description?: string;
  /**
   * Path of the experiment that all trials start from, relative to this file.
   */
  base: string;
  /**
   * Values that all trials have in place of the base's, by path, for example `stages[small].epochs`.
   */
  values: {
    [k: string]: ResolvedValue;
  };
  /**
   * What differs between trials. The key is the path of a value of the experiment, for example `optimizer.learningRate`. It may be any name if the axis says itself what it sets (`path`, `choices`, `zip`).
   */
  axes: {
    [k: string]: ResolvedAxis;
  };
  /**
   * Combinations that are left out. Each is a map from an axis or path to a value or a list of values. A trial that has all values of one of them is not run.
   */
  exclude: ResolvedCondition[];
  /**
   * Seeds that each combination is run with. Without it, each is run once with the seed of the base.
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
 * Values by the name of an axis or by a path that one sets. A list means any of its values, unless the list itself is a value of the axis.
 */
interface ResolvedCondition {
  [k: string]: ResolvedValue;
}
/**
 * When the sweep ends. Trials that run at that time are finished. Null: no limit of this kind.
 */
interface ResolvedBudget {
  /**
   * Largest number of trials, those with other seeds included.
   */
  trials: number | null;
  /**
   * Epochs of all trials together. No trial starts after them.
   */
  epochs: number | null;
  /**
   * Hours of all trials together, each measured by the clock. No trial starts after them.
   */
  hours: number | null;
}
/**
 * Limits of a single trial.
 */
interface ResolvedLimits {
  /**
   * Hours by the clock, all attempts together. A trial that takes longer is stopped and has failed. Null: no limit.
   */
  hours: number | null;
  /**
   * Resident memory of a trial's process, in gigabytes (10⁹ bytes). A trial that takes more is stopped and has failed. Null: no limit.
   */
  memoryGigabytes: number | null;
  /**
   * How often a failed trial is started again from its last checkpoint. The wait before it doubles each time. A trial that was stopped from outside does not count.
   */
  retries: number;
}
