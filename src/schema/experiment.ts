/**
 * Experiments as types. Generated from schemas/experiment.schema.json by `npm run schema`: do not edit.
 */

/**
 * One attribute: its classes in order, or nothing to take the classes found in the table, sorted.
 */
type Attribute =
  | null
  | Classes
  | {
      /**
       * Column of the table that holds the label. Without it, the head's name.
       */
      column?: string;
      classes?: Classes;
      /**
       * Whether the classes stand in an order, from low to high. The mean error in classes is then measured, and the loss `ordinal` may be used.
       */
      ordinal?: boolean;
    };
/**
 * Names of the classes in the order of the head's outputs. Every label in the table must be one of them.
 *
 * @minItems 2
 */
type Classes = string[];
/**
 * The network that turns an image into feature maps. Trained from scratch.
 */
type Backbone =
  | {
      /**
       * `densenet121`: exactly as keras.applications defines it (Huang et al., arXiv:1608.06993).
       */
      name: 'densenet121';
      initializer?: Initializer;
    }
  | {
      /**
       * `densenet169`: the same with 169 layers.
       */
      name: 'densenet169';
      initializer?: Initializer;
    }
  | {
      /**
       * `densenet201`: the same with 201 layers.
       */
      name: 'densenet201';
      initializer?: Initializer;
    }
  | {
      /**
       * `densenet`: the same construction with a size of your own.
       */
      name: 'densenet';
      /**
       * Number of layers in each dense block, in order. DenseNet121 is [6, 12, 24, 16].
       *
       * @minItems 1
       * @maxItems 6
       */
      blocks: number[];
      /**
       * Channels that each layer adds.
       */
      growthRate?: number;
      /**
       * Channels of the first convolution.
       */
      initialFilters?: number;
      /**
       * How the image is first made smaller. `imagenet`: 7×7 convolution with stride 2, then 3×3 max pooling with stride 2. `small`: one 3×3 convolution with stride 1, for images up to about 64 pixels.
       */
      stem?: 'imagenet' | 'small';
      initializer?: Initializer;
    }
  | {
      /**
       * `resnet50`: exactly as keras.applications defines it (He et al., arXiv:1512.03385).
       */
      name: 'resnet50';
      zeroGamma?: ZeroGamma;
      initializer?: Initializer;
    }
  | {
      /**
       * `resnet101`: the same with 101 layers.
       */
      name: 'resnet101';
      zeroGamma?: ZeroGamma;
      initializer?: Initializer;
    }
  | {
      /**
       * `resnext50`: ResNeXt50 with 32 groups of 4 channels, exactly as timm's resnext50_32x4d (Xie et al., arXiv:1611.05431).
       */
      name: 'resnext50';
      zeroGamma?: ZeroGamma;
      initializer?: Initializer;
    }
  | {
      /**
       * `efficientnetb0`: as keras.applications defines it (Tan and Le, arXiv:1905.11946), without its normalisation of the input.
       */
      name: 'efficientnetb0';
      stochasticDepth?: StochasticDepth;
      initializer?: Initializer;
    }
  | {
      /**
       * `efficientnetb1`: the same, deeper.
       */
      name: 'efficientnetb1';
      stochasticDepth?: StochasticDepth;
      initializer?: Initializer;
    }
  | {
      /**
       * `efficientnetb2`: the same, deeper and wider.
       */
      name: 'efficientnetb2';
      stochasticDepth?: StochasticDepth;
      initializer?: Initializer;
    }
  | {
      /**
       * `efficientnetb3`: the same, deeper and wider still.
       */
      name: 'efficientnetb3';
      stochasticDepth?: StochasticDepth;
      initializer?: Initializer;
    }
  | {
      /**
       * `inceptionv4`: exactly as timm's inception_v4 (Szegedy et al., arXiv:1602.07261). Images of at least 75 pixels.
       */
      name: 'inceptionv4';
      initializer?: Initializer;
    };
/**
 * How kernels start, as Keras defines it; normal ones are cut at two deviations. `glorotUniform`, `glorotNormal`: variance 2 / (inputs + outputs) of a value (Glorot and Bengio 2010). `heUniform`, `heNormal`: 2 / inputs, for ReLU (He et al., arXiv:1502.01852); `heNormalFanOut`: 2 / outputs. `lecunUniform`, `lecunNormal`: 1 / inputs. `orthogonal`: rows or columns of length 1 at right angles (Saxe et al., arXiv:1312.6120). `{ truncatedNormal: deviation }`: of the normal that is cut.
 */
type Initializer =
  | (
      | 'glorotUniform'
      | 'glorotNormal'
      | 'heUniform'
      | 'heNormal'
      | 'heNormalFanOut'
      | 'lecunUniform'
      | 'lecunNormal'
      | 'orthogonal'
    )
  | {
      /**
       * Deviation before the cut, above 0. Keras's default is 0.05.
       */
      truncatedNormal: number;
    };
/**
 * Whether the last batch norm of each residual block starts with factors of 0, so that the block starts as its shortcut alone (Goyal et al., arXiv:1706.02677, section 5.1).
 */
type ZeroGamma = boolean;
/**
 * Probability that the last residual block leaves an image as it is in a training step; it rises to that from 0 at the first block (Huang et al., arXiv:1603.09382).
 */
type StochasticDepth = number;
/**
 * `batchNorm`, `{ dropout: rate }`, `{ dense: units, activation: relu, initializer: glorotUniform }`, or `{ activation: relu }`.
 */
type TowerLayer =
  | 'batchNorm'
  | {
      /**
       * Share of the features set to zero at random in training, at least 0 and below 1.
       */
      dropout: number;
    }
  | {
      /**
       * Number of units of a fully connected layer.
       */
      dense: number;
      /**
       * What follows the fully connected layer: `relu`, `swish` (x · sigmoid(x), arXiv:1710.05941), `gelu` (x · Φ(x), arXiv:1606.08415), or `linear` for nothing.
       */
      activation?: 'relu' | 'swish' | 'gelu' | 'linear';
      /**
       * How its weights start.
       */
      initializer?: Initializer;
    }
  | {
      /**
       * A layer of its own, as after a batch norm.
       */
      activation: 'relu' | 'swish' | 'gelu';
    };
/**
 * Loss of every head, and how the heads and their classes are weighted. A head's loss is the weighted mean over the rows that have a label; those of the heads are weighted and summed.
 */
type Loss =
  | {
      /**
       * `crossEntropy`: softmax cross entropy.
       */
      type?: 'crossEntropy';
      labelSmoothing?: LabelSmoothing;
      heads?: LossHeads;
      headWeights?: HeadWeights;
      classWeights?: ClassWeights;
    }
  | {
      /**
       * `focal`: cross entropy in which a class counts by (1 - probability)^gamma, so that rows that are right already count little (Lin et al., arXiv:1708.02002).
       */
      type: 'focal';
      gamma?: Gamma;
      labelSmoothing?: LabelSmoothing;
      heads?: LossHeads;
      headWeights?: HeadWeights;
      classWeights?: ClassWeights;
    }
  | {
      /**
       * `ordinal`: CORN (Shi, Cao and Raschka, arXiv:2111.08851), for heads that are declared `ordinal`. K classes have K - 1 outputs, each whether a row is above a class given that it is not below it.
       */
      type: 'ordinal';
      heads?: LossHeads;
      headWeights?: HeadWeights;
      classWeights?: ClassWeights;
    };
/**
 * Share of a label that is spread evenly over all classes, its own included, as Keras does (Szegedy et al., arXiv:1512.00567). At least 0 and below 1.
 */
type LabelSmoothing = number;
/**
 * Loss of one head.
 */
type HeadLoss =
  | {
      /**
       * `crossEntropy`: as for all heads.
       */
      type: 'crossEntropy';
      labelSmoothing?: LabelSmoothing;
    }
  | {
      /**
       * `focal`: as for all heads.
       */
      type: 'focal';
      gamma?: Gamma;
      labelSmoothing?: LabelSmoothing;
    }
  | {
      /**
       * `ordinal`: as for all heads.
       */
      type: 'ordinal';
    };
/**
 * How little a row counts that is right already, at least 0, which is plain cross entropy.
 */
type Gamma = number;
/**
 * Weight of a head's loss in the sum, by head; 1 for a head that is not named. `uncertainty`: learned, after Kendall, Gal and Cipolla (arXiv:1705.07115): each head has a log-variance s, 0 at the start and trained by the stage's optimizer, and adds exp(-s) × loss + s / 2.
 */
type HeadWeights =
  | 'uncertainty'
  | {
      [k: string]: number;
    };
/**
 * Weight of a row in its head's loss, by its class. `none`: all 1. `balanced`: rows / (classes × rows of the class), counted on the training part, so that every class counts the same. `effectiveNumber`: in proportion to (1 - beta) / (1 - beta^rows of the class), adding up to the number of classes (Cui et al., arXiv:1901.05555), with a beta of 0.999 or `{ effectiveNumber: { beta: … } }`. Or by head, one of these words or weights by class: `{ kids: balanced, garment: { Hat: 2 } }`; 1 for a head or class that is not named.
 */
type ClassWeights =
  | ('none' | 'balanced' | 'effectiveNumber')
  | {
      /**
       * Weights by the effective number of rows.
       */
      effectiveNumber: {
        /**
         * How far the weights follow the numbers of rows, at least 0 and below 1: 0 for all the same, near 1 for `balanced`.
         */
        beta?: number;
      };
    }
  | {
      [k: string]:
        | 'none'
        | 'balanced'
        | 'effectiveNumber'
        | {
            [k: string]: number;
          };
    };
/**
 * How gradients change the weights.
 */
type Optimizer =
  | {
      /**
       * `adam`: Kingma and Ba, arXiv:1412.6980, in the form before its section 2.1 that Keras uses.
       */
      name: 'adam';
      learningRate?: LearningRate;
      /**
       * Decay of the mean of the gradients, at least 0 and below 1.
       */
      beta1?: number;
      /**
       * Decay of the mean of their squares, at least 0 and below 1.
       */
      beta2?: number;
      /**
       * Added to the root in the denominator, above 0.
       */
      epsilon?: number;
      weightDecay?: WeightDecay;
      clipNorm?: ClipNorm;
      averageWeights?: AverageWeights;
      accumulateGradients?: AccumulateGradients;
    }
  | {
      /**
       * `adamw`: Adam with decoupled decay. Loshchilov and Hutter, arXiv:1711.05101.
       */
      name: 'adamw';
      learningRate?: LearningRate;
      /**
       * Decay of the mean of the gradients, at least 0 and below 1.
       */
      beta1?: number;
      /**
       * Decay of the mean of their squares, at least 0 and below 1.
       */
      beta2?: number;
      /**
       * Added to the root in the denominator, above 0.
       */
      epsilon?: number;
      /**
       * Before each step every kernel loses learning rate × this × itself; norms and biases are spared. At least 0.
       */
      weightDecay?: number;
      clipNorm?: ClipNorm;
      averageWeights?: AverageWeights;
      accumulateGradients?: AccumulateGradients;
    }
  | {
      /**
       * `sgd`: stochastic gradient descent with momentum, as Keras defines it.
       */
      name: 'sgd';
      learningRate?: LearningRate;
      /**
       * Share of the last change that is kept, at least 0 and below 1.
       */
      momentum?: number;
      /**
       * Whether the gradient is taken ahead, after Nesterov.
       */
      nesterov?: boolean;
      weightDecay?: WeightDecay;
      clipNorm?: ClipNorm;
      averageWeights?: AverageWeights;
      accumulateGradients?: AccumulateGradients;
    }
  | {
      /**
       * `rmsprop`: the gradient over the root of its mean square, Hinton 2012, as Keras defines it.
       */
      name: 'rmsprop';
      learningRate?: LearningRate;
      /**
       * Decay of the mean square, at least 0 and below 1.
       */
      rho?: number;
      /**
       * Share of the last change that is kept, at least 0 and below 1.
       */
      momentum?: number;
      /**
       * Added under the root in the denominator, above 0.
       */
      epsilon?: number;
      /**
       * Whether the square of the mean gradient is taken off the mean square.
       */
      centered?: boolean;
      weightDecay?: WeightDecay;
      clipNorm?: ClipNorm;
      averageWeights?: AverageWeights;
      accumulateGradients?: AccumulateGradients;
    };
/**
 * Learning rate of a stage, above 0: the highest one of its policy.
 */
type LearningRate = number;
/**
 * Adds this × weight to the gradient of every kernel, which is an L2 penalty of half of it in the loss; norms and biases are spared, and the loss that is shown is without it. At least 0; PyTorch's `weight_decay`.
 */
type WeightDecay = number;
/**
 * Largest norm of all gradients together: where theirs is larger, all are scaled down to it, before any decay. Null for no limit; Keras's `global_clipnorm`.
 */
type ClipNorm = number | null;
/**
 * Keeps a moving average of all that the stage trains, batch-norm statistics included. Validation, the choice of the best epoch and the weights at the stage's end are those of the average; what is counted of training is that of the weights. Null for none.
 */
type AverageWeights = null | {
  /**
   * Share of the average that each update keeps, above 0 and below 1.
   */
  decay?: number;
};
/**
 * Batches whose mean gradient makes one update. The last update of an epoch takes the batches that are left.
 */
type AccumulateGradients = number;
/**
 * How the learning rate moves over the steps of a stage. The stage's learning rate is its highest one; factors are shares of it.
 */
type LearningRatePolicy =
  | {
      /**
       * `constant`: the learning rate of the stage at every step.
       */
      name: 'constant';
      warmUp?: WarmUp;
    }
  | {
      /**
       * `step`: multiplied by `factor` after every so many steps; PyTorch's StepLR.
       */
      name: 'step';
      /**
       * Steps between two changes, after the warm-up.
       */
      every: Duration;
      /**
       * Multiplies the learning rate at each change, above 0 and below 1.
       */
      factor?: number;
      warmUp?: WarmUp;
    }
  | {
      /**
       * `exponential`: falls a little at each step, by `factor` in every so many; Keras's ExponentialDecay.
       */
      name: 'exponential';
      /**
       * Steps in which the learning rate falls by `factor`.
       */
      every?: Duration;
      /**
       * Multiplies the learning rate within that time, above 0 and below 1.
       */
      factor: number;
      warmUp?: WarmUp;
    }
  | {
      /**
       * `polynomial`: falls to `endFactor` at the end of the stage, in a straight line where `power` is 1; Keras's PolynomialDecay.
       */
      name: 'polynomial';
      /**
       * Power of the share of steps that is left, above 0.
       */
      power?: number;
      /**
       * Share of the learning rate that is left at the end of the stage, at least 0 and below 1.
       */
      endFactor?: number;
      warmUp?: WarmUp;
    }
  | {
      /**
       * `cosine`: half a cosine down to `endFactor`, again and again with `restarts`. Loshchilov and Hutter, SGDR, arXiv:1608.03983.
       */
      name: 'cosine';
      /**
       * Share of the learning rate that is left at the end of a cycle, at least 0 and below 1.
       */
      endFactor?: number;
      /**
       * Cycles that each begin at the top again. Null for one cycle as long as the stage.
       */
      restarts?: null | {
        /**
         * Length of the first cycle.
         */
        after: Duration;
        /**
         * Each cycle is so many times as long as the one before, at least 1.
         */
        lengthFactor?: number;
        /**
         * Each cycle begins at this share of where the one before began, above 0 and at most 1.
         */
        peakFactor?: number;
      };
      warmUp?: WarmUp;
    }
  | {
      /**
       * `oneCycle`: up to the stage's learning rate and down again, far below where it began. Smith, arXiv:1803.09820, as PyTorch's OneCycleLR. It has no `warmUp`, because it begins with a rise of its own.
       */
      name: 'oneCycle';
      /**
       * Steps of the rise.
       */
      rise?: Duration;
      /**
       * Share of the learning rate at the first step, above 0 and below 1.
       */
      startFactor?: number;
      /**
       * Share of the learning rate at the last step, at least 0 and below 1.
       */
      endFactor?: number;
      /**
       * Form of rise and fall: half a `cosine`, or `linear`.
       */
      annealing?: 'cosine' | 'linear';
      /**
       * Whether the fall takes as long as the rise and ends where that began, the rest of the stage falling on to `endFactor`.
       */
      threePhase?: boolean;
      /**
       * Momentum of `sgd` and `rmsprop`, `beta1` of `adam`, moved against the learning rate. Null to leave it to the optimizer.
       */
      momentum?: null | {
        /**
         * Momentum where the learning rate is highest.
         */
        min?: number;
        /**
         * Momentum where the learning rate is lowest.
         */
        max?: number;
      };
    }
  | {
      /**
       * `cyclic`: up and down in straight lines, again and again. Smith, arXiv:1506.01186, as PyTorch's CyclicLR.
       */
      name: 'cyclic';
      /**
       * `triangular`: every cycle the same. `triangular2`: each half as high as the one before. `expRange`: the height falls by `gamma` at each step.
       */
      mode?: 'triangular' | 'triangular2' | 'expRange';
      /**
       * Share of the learning rate at the bottom of a cycle, at least 0 and below 1.
       */
      baseFactor?: number;
      /**
       * Steps from the bottom of a cycle to its top.
       */
      stepUp?: Duration;
      /**
       * Steps from the top to the bottom. Null for as many as up.
       */
      stepDown?: null | Duration;
      /**
       * Only for `expRange`: multiplies the height of the cycles at each step, above 0 and at most 1.
       */
      gamma?: number;
      /**
       * Momentum of `sgd` and `rmsprop`, `beta1` of `adam`, moved against the learning rate. Null to leave it to the optimizer.
       */
      momentum?: null | {
        /**
         * Momentum where the learning rate is highest.
         */
        min?: number;
        /**
         * Momentum where the learning rate is lowest.
         */
        max?: number;
      };
      warmUp?: WarmUp;
    };
/**
 * At the start of the stage the learning rate rises in a straight line from `startFactor`, and the policy begins where that ends; PyTorch's LinearLR. Null for none.
 */
type WarmUp =
  | null
  | {
      /**
       * Training steps.
       */
      steps: number;
      /**
       * Share of the policy's first learning rate at the first step, at least 0 and below 1.
       */
      startFactor?: number;
    }
  | {
      /**
       * Epochs, rounded to whole steps.
       */
      epochs: number;
      /**
       * Share of the policy's first learning rate at the first step, at least 0 and below 1.
       */
      startFactor?: number;
    }
  | {
      /**
       * Share of the stage's steps, rounded to whole ones.
       */
      share: number;
      /**
       * Share of the policy's first learning rate at the first step, at least 0 and below 1.
       */
      startFactor?: number;
    };
/**
 * A number of steps, of epochs, or a share of the stage.
 */
type Duration =
  | {
      /**
       * Training steps.
       */
      steps: number;
    }
  | {
      /**
       * Epochs, rounded to whole steps.
       */
      epochs: number;
    }
  | {
      /**
       * Share of the stage's steps, rounded to whole ones.
       */
      share: number;
    };
/**
 * Probability that an image is changed, 0 to 1.
 */
type Probability = number;
/**
 * Multiplies the learning rate for this part, above 0.
 */
type LearningRateFactor = number;
/**
 * Metric of the validation rows by which epochs are compared. `loss`: the lower the better. The others are means over the heads, and the higher the better.
 */
type SelectionMetric = 'loss' | 'accuracy' | 'balancedAccuracy' | 'macroF1' | 'auc';

/**
 * One experiment: a table of labelled images, a network with one head per attribute, and a schedule of training stages.
 */
export interface Experiment {
  /**
   * File that this one starts from, relative to this file. Maps are merged key by key; lists and single values replace what the other file says.
   */
  extends?: string;
  /**
   * Name of the experiment: a part of the run's folder name and the name of its run in MLflow. Letters, digits, `_`, `.` and `-`.
   */
  name: string;
  /**
   * What the experiment tries, in Markdown. Shown as the run's description in MLflow.
   */
  description?: string;
  /**
   * Seed of everything random in training: initial weights, order of the rows, augmentation, dropout. The same seed gives the same weights on the same machine. The split has a seed of its own.
   */
  seed?: number;
  dataset: Dataset;
  model?: Model;
  loss?: Loss;
  optimizer?: Optimizer;
  /**
   * How the learning rate moves over the steps of a stage. A stage may replace it as a whole.
   */
  learningRatePolicy?: LearningRatePolicy;
  /**
   * Random changes to every training image. A stage may replace it as a whole.
   */
  augmentation?: Augmentation;
  /**
   * The training schedule: stages run one after the other, each starting from the weights of the one before it and from a new optimizer.
   *
   * @minItems 1
   */
  stages: Stage[];
  execution?: Execution;
  tracking?: Tracking;
}
/**
 * A table with one row per image and one column per attribute, and the folder of the images.
 */
interface Dataset {
  /**
   * CSV file with a header line, relative to this file.
   */
  table: string;
  /**
   * Folder that the paths in the image column are relative to; itself relative to this file.
   */
  images: string;
  /**
   * Column that holds the path of each row's image.
   */
  imageColumn?: string;
  /**
   * Character between two columns of the table.
   */
  delimiter?: string;
  /**
   * The attributes to learn, one head each. The key is the head's name.
   */
  attributes: {
    [k: string]: Attribute;
  };
  /**
   * Cells that mean that the label is not known, besides the empty cell. A row without a label is left out of that head's loss and metrics and kept in the others. The word `None` is a class like any other unless it is listed here.
   */
  missing?: string[];
  split?: Split;
  /**
   * How pixels become numbers. `dataset`: subtract the mean and divide by the deviation of each channel, measured on the training part. `imagenet`: the same with ImageNet's figures. `perImage`: each image by the mean and deviation of all its own pixels and channels, after augmentation. `unit`: divide by 255. Or give `mean` and `std` of each channel (red, green, blue; pixel values from 0 to 255).
   */
  normalize?:
    | ('dataset' | 'imagenet' | 'perImage' | 'unit')
    | {
        /**
         * Mean of the red, green and blue channel, 0 to 255.
         *
         * @minItems 3
         * @maxItems 3
         */
        mean: number[];
        /**
         * Deviation of the red, green and blue channel, above 0.
         *
         * @minItems 3
         * @maxItems 3
         */
        std: number[];
      };
  /**
   * How an image that is not square becomes one. `stretch`: both sides scaled on their own, as the article does. `crop`: the middle is kept. `pad`: black bars.
   */
  fit?: 'stretch' | 'crop' | 'pad';
  /**
   * Where the images are while training; no result depends on it. `file`: the cache file is mapped, so that a step reads what it takes, data larger than the memory can be trained on, and processes share it. `memory`: read once into the memory of the device that trains. `auto`: `memory` on a GPU where the images take at most 4 GB, else `file`.
   */
  residence?: 'auto' | 'memory' | 'file';
  /**
   * What to do when an image file is missing, truncated or not an image. `stop`: list all of them and stop. `skip`: list them and leave their rows out.
   */
  onBadImage?: 'stop' | 'skip';
}
/**
 * Which rows are for training, validation and testing: shares of the rows drawn by the seed, folds of cross-validation, or what a column of the table says.
 */
interface Split {
  /**
   * Share of all rows that is for validation, between 0 and 1. Not used with `folds` or `column`; `null` takes it away from a base.
   */
  validation?: number | null;
  /**
   * Share of all rows that is set aside for testing, between 0 and 1: training never sees them. Drawn first, by the seed alone: the same rows whatever `validation`, `folds` and `fold` say. Null: no test part.
   */
  test?: number | null;
  /**
   * Cross-validation: the rows that are not for testing are dealt into so many folds of equal size, and one of them is for validation. Each row is in exactly one fold. Null: no folds.
   */
  folds?: number | null;
  /**
   * Number of the fold that is for validation, from 0. As the axis of a sweep, `dataset.split.fold: [0, 1, 2, 3, 4]`, it trains on every fold.
   */
  fold?: number | null;
  /**
   * Seed of the draw. The same table, shares and seed give the same rows on every machine.
   */
  seed?: number;
  /**
   * Heads whose classes keep their shares in every part and fold. With `groupBy`, as near as whole groups allow.
   */
  stratifyBy?: string[];
  /**
   * Column of the table: rows with the same value are always in one part or fold. For pictures of one person, or from one sender. Rows where it is empty are groups of their own.
   */
  groupBy?: string | null;
  /**
   * Column of the table that says `train`, `validation` or `test` for each row (any other word leaves the row out). Replaces the draw.
   */
  column?: string | null;
}
/**
 * Backbone, pooling, and the tower of layers that each head has for itself.
 */
interface Model {
  backbone?: Backbone;
  /**
   * What turns feature maps into features. `gap`: the mean of each map, `gmp`: its maximum, `gem`: its generalised mean, with an exponent for all maps that starts at 3 and is learned with the tower (Radenović et al., arXiv:1711.02512). Several: concatenated in the order given.
   *
   * @minItems 1
   */
  pooling?: ('gap' | 'gmp' | 'gem')[];
  /**
   * Layers between the pooled features and a head's outputs, built once for every head.
   */
  tower?: TowerLayer[];
  /**
   * Towers of their own, by head, in place of `tower`.
   */
  towers?: {
    [k: string]: TowerLayer[];
  };
  /**
   * How the weights of the heads' outputs start.
   */
  headInitializer?: Initializer;
  /**
   * Weights to start from. Null: all are drawn from the seed.
   */
  weights?: null | {
    /**
     * File of weights, relative to this file: of a run of one's own (`runs/…/checkpoint/best.safetensors`), safetensors with PyTorch's names (timm's for `resnext50` and `inceptionv4`), or Keras's `.weights.h5`, `.h5` and `.keras`. Matched by the names of layers and weights, never by their order.
     */
    file: string;
    /**
     * Parts of the network whose weights come from the file; the others are drawn from the seed.
     *
     * @minItems 1
     */
    parts?: ('backbone' | 'tower' | 'heads')[];
    /**
     * What to do when the file lacks a weight of these parts. `stop`: list them and stop. `initialize`: draw them from the seed. A weight of another shape always stops.
     */
    onMissing?: 'stop' | 'initialize';
  };
}
/**
 * Heads with a loss of their own, in place of `type` and its keys.
 */
interface LossHeads {
  [k: string]: HeadLoss;
}
/**
 * Random changes to a training image, drawn from the seed, the stage, the epoch and the row. Applied in this order: random-resized crop, shift, shear, rotation, zoom, flips and what trivialAugment or randAugment moves, in one resampling; what these change of pixels; brightness, contrast, saturation, hue, grayscale, blur, noise; then, on the normalised image, erasing, coarse dropout, and mixing with another image.
 */
interface Augmentation {
  /**
   * Share of all augmentation here that is done, 0 to 1: a number for the whole stage, or `from` and `to` for one that moves from epoch to epoch. It multiplies what says how far a change goes (shares, amounts, degrees, sigma, stddev, the areas of randomErasing, the size of coarseDropout), takes randomResizedCrop from the whole image (1 - strength × (1 - scale), ratio to the power of strength), multiplies the level of trivialAugment and randAugment (and how often their AutoContrast and Equalize, which have none, are done), and multiplies the probability of what is done or not (flips, grayscale, mixUp, cutMix); other probabilities stay.
   */
  strength?:
    | number
    | {
        /**
         * In the first epoch of the stage, 0 to 1. In between it moves in a straight line, the same throughout an epoch.
         */
        from: number;
        /**
         * In the last of the stage's epochs, 0 to 1; a stage that stops early does not reach it. A stage of one epoch has this one.
         */
        to: number;
      };
  /**
   * Probability of mirroring the image left to right, 0 to 1.
   */
  horizontalFlip?: number;
  /**
   * Probability of mirroring the image upside down, 0 to 1.
   */
  verticalFlip?: number;
  /**
   * Largest shift along each side, as a share of that side.
   */
  shift?: {
    /**
     * Shift to the left or right is uniform in [-x, x] × width. 0 to below 1.
     */
    x?: number;
    /**
     * Shift up or down is uniform in [-y, y] × height. 0 to below 1.
     */
    y?: number;
    probability?: Probability;
  };
  /**
   * Both sides are scaled by factors drawn apart, uniform in [1 - zoom, 1 + zoom]; a factor below 1 enlarges. A number, or `amount` with a probability. 0 to below 1.
   */
  zoom?:
    | number
    | {
        /**
         * Factors are uniform in [1 - amount, 1 + amount]. 0 to below 1.
         */
        amount: number;
        probability?: Probability;
      };
  /**
   * Rotation about the centre by an angle that is uniform in [-rotate, rotate] degrees. A number, or `degrees` with a probability. 0 to 180.
   */
  rotate?:
    | number
    | {
        /**
         * The angle is uniform in [-degrees, degrees]. 0 to 180.
         */
        degrees: number;
        probability?: Probability;
      };
  /**
   * Shear about the centre, as in torchvision's `affine`.
   */
  shear?: {
    /**
     * Upright lines lean by an angle that is uniform in [-x, x] degrees. 0 to below 90.
     */
    x?: number;
    /**
     * Level lines lean by an angle that is uniform in [-y, y] degrees. 0 to below 90.
     */
    y?: number;
    probability?: Probability;
  };
  /**
   * Shows a part of the image, drawn as torchvision's `RandomResizedCrop` draws it (Szegedy et al., arXiv:1409.4842), at places that are not rounded to pixels. Null for none.
   */
  randomResizedCrop?: null | {
    /**
     * Smallest and largest share of the image's area that is shown, above 0 and at most 1.
     *
     * @minItems 2
     * @maxItems 2
     */
    scale?: number[];
    /**
     * Smallest and largest width of the part divided by its height, above 0; uniform in its logarithm. Where no part of ten draws fits, the largest one in the middle is shown.
     *
     * @minItems 2
     * @maxItems 2
     */
    ratio?: number[];
    probability?: Probability;
  };
  /**
   * What stands where the resampling reaches beyond the image. `nearest`: the edge pixel goes on. `constant`: `fillValue`. `reflect`: mirrored at the edge. `wrap`: the other side.
   */
  fillMode?: 'nearest' | 'constant' | 'reflect' | 'wrap';
  /**
   * Of `fillMode: constant`: value of all three channels beyond the image, 0 (black) to 255 (white).
   */
  fillValue?: number;
  /**
   * One operation for each image, of 14 that are all alike, at a level that is one of 0 to 30, all alike (Müller and Hutter, arXiv:2103.10158), by torchvision's `TrivialAugmentWide`: Identity, ShearX, ShearY, TranslateX, TranslateY, Rotate, Brightness, Color, Contrast, Sharpness, Posterize, Solarize, AutoContrast, Equalize. Level 30 is a shear by 0.99 (tangent), a shift by 1/7 of the side (torchvision's 32 pixels of 224, at any size), 135 degrees, a factor of 0.01 or 1.99, 2 bits, the negative of the whole image. What moves pixels is done within the one resampling, beyond the image as `fillMode` says. Null for none; beside randAugment an error.
   */
  trivialAugment?: null | {
    probability?: Probability;
  };
  /**
   * Several operations for each image, one after the other, at one level (Cubuk et al., arXiv:1909.13719), by torchvision's `RandAugment`: the same 14 as trivialAugment, all alike, and the same one may come twice. Level 30 is a shear by 0.3 (tangent), a shift by 150/331 of the side, 30 degrees, a factor of 0.1 or 1.9, 4 bits, the negative of the whole image. What moves pixels comes first, within the one resampling, beyond the image as `fillMode` says. Null for none; beside trivialAugment an error.
   */
  randAugment?: null | {
    /**
     * How many an image gets, 1 to 8. Each costs time.
     */
    operations?: number;
    /**
     * Level of all operations, 0 to 30. AutoContrast and Equalize have none, and are done at 0 too.
     */
    magnitude?: number;
    probability?: Probability;
  };
  /**
   * All values times a factor that is uniform in [1 - brightness, 1 + brightness], not below 0, as torchvision's `ColorJitter`; values are cut off at 0 and 255. A number, or `amount` with a probability. 0 to 10.
   */
  brightness?:
    | number
    | {
        /**
         * As the number alone. 0 to 10.
         */
        amount: number;
        probability?: Probability;
      };
  /**
   * Mixed with the mean grey of the image, by a factor that is uniform in [1 - contrast, 1 + contrast], not below 0, as torchvision's `ColorJitter`. A number, or `amount` with a probability. 0 to 10.
   */
  contrast?:
    | number
    | {
        /**
         * As the number alone. 0 to 10.
         */
        amount: number;
        probability?: Probability;
      };
  /**
   * Mixed with its own grey, by a factor that is uniform in [1 - saturation, 1 + saturation], not below 0, as torchvision's `ColorJitter`. A number, or `amount` with a probability. 0 to 10.
   */
  saturation?:
    | number
    | {
        /**
         * As the number alone. 0 to 10.
         */
        amount: number;
        probability?: Probability;
      };
  /**
   * The hue turns by a part of the circle that is uniform in [-hue, hue], as torchvision's `ColorJitter`. A number, or `amount` with a probability. 0 to 0.5.
   */
  hue?:
    | number
    | {
        /**
         * As the number alone. 0 to 0.5.
         */
        amount: number;
        probability?: Probability;
      };
  /**
   * Probability that all colour is taken out, 0 to 1, as torchvision's `RandomGrayscale`.
   */
  grayscale?: number;
  /**
   * Each pixel becomes a mean of its neighbours by a normal density, as torchvision's `GaussianBlur`, with a kernel that reaches three times the largest deviation to each side. Null for none.
   */
  gaussianBlur?: null | {
    /**
     * Smallest and largest standard deviation in pixels of the network's image, above 0 and at most 10; uniform between.
     *
     * @minItems 2
     * @maxItems 2
     */
    sigma?: number[];
    probability?: Probability;
  };
  /**
   * Normal noise for each pixel and channel, as torchvision's `GaussianNoise`; values are cut off at 0 and 255. Null for none.
   */
  gaussianNoise?: null | {
    /**
     * Smallest and largest standard deviation, 0 to 255; uniform between.
     *
     * @minItems 2
     * @maxItems 2
     */
    stddev?: number[];
    probability?: Probability;
  };
  /**
   * Paints a rectangle over the image after normalisation (Zhong et al., arXiv:1708.04896). Null for none.
   */
  randomErasing?: null | {
    /**
     * Probability that an image gets a rectangle, 0 to 1.
     */
    probability?: number;
    /**
     * Smallest share of the image that the rectangle covers, above 0.
     */
    areaMin?: number;
    /**
     * Largest share of the image that the rectangle covers, at most 1.
     */
    areaMax?: number;
    /**
     * Smallest ratio of the rectangle's height to its width, above 0.
     */
    aspectMin?: number;
    /**
     * Largest ratio of the rectangle's height to its width: 1 for rectangles that are never taller than wide.
     */
    aspectMax?: number;
    /**
     * The rectangle's one value is uniform in [valueMin, valueMax], in units of the normalised image.
     */
    valueMin?: number;
    /**
     * The rectangle's one value is uniform in [valueMin, valueMax], in units of the normalised image.
     */
    valueMax?: number;
  };
  /**
   * Paints several rectangles over the normalised image (DeVries and Taylor, arXiv:1708.04552, in the form of imgaug and albumentations). Null for none.
   */
  coarseDropout?: null | {
    /**
     * Smallest and largest number of rectangles, at least 1; uniform between.
     *
     * @minItems 2
     * @maxItems 2
     */
    holes?: number[];
    /**
     * Smallest and largest side of a rectangle as a share of the image's side, above 0; height and width uniform between, drawn apart, and rounded to pixels, to one at least. It lies inside the image.
     *
     * @minItems 2
     * @maxItems 2
     */
    size?: number[];
    /**
     * What is painted, in units of the normalised image: 0 is the mean colour.
     */
    value?: number;
    probability?: Probability;
  };
  /**
   * Mixes an image, and its labels, with another one of the batch: share × image + (1 - share) × other (Zhang et al., arXiv:1710.09412), with a share for each image. Null for none.
   */
  mixUp?: null | {
    /**
     * The share is drawn from Beta(alpha, alpha), above 0: small for shares near 0 and 1.
     */
    alpha?: number;
    probability?: Probability;
  };
  /**
   * Pastes a rectangle of another image of the batch, and mixes the labels by its area (Yun et al., arXiv:1905.04899). An image that would get both this and mixUp gets this one. Null for none.
   */
  cutMix?: null | {
    /**
     * The share that stays is drawn from Beta(alpha, alpha), above 0; the labels follow the area that lies inside the image.
     */
    alpha?: number;
    probability?: Probability;
  };
}
/**
 * One part of the schedule. Loss, optimizer and augmentation given here stand in for the experiment's own.
 */
interface Stage {
  /**
   * Name of the stage, one of its kind in the file. Letters, digits, `_`, `.` and `-`.
   */
  name: string;
  /**
   * Width and height of the images, in pixels.
   */
  imageSize: number;
  /**
   * Passes over the training part, at most; early stopping may end the stage before.
   */
  epochs: number;
  /**
   * Images per training step. Evaluation uses the same number.
   */
  batchSize?: number;
  /**
   * Training steps that make an epoch, at most as many as the training part fills; null for all of it, the last short batch included.
   */
  stepsPerEpoch?: number | null;
  /**
   * Parts of the network that are trained; the others are frozen: their weights and their batch-norm averages stay as they are.
   *
   * @minItems 1
   */
  trainable?: ('backbone' | 'tower' | 'heads')[];
  /**
   * Rate of every dropout layer of all towers in this stage; 0 for none. Null: the rates that the towers give.
   */
  dropout?: number | null;
  /**
   * The backbone's stochastic depth in this stage; 0 for none. Null: what the backbone says.
   */
  stochasticDepth?: number | null;
  /**
   * Learning rate of this stage, the highest one of its policy; stands in for the optimizer's.
   */
  learningRate?: LearningRate;
  /**
   * Policy of this stage, in place of the experiment's.
   */
  learningRatePolicy?: LearningRatePolicy;
  /**
   * The learning rate of each part of the network, as a multiple of the stage's.
   */
  learningRateFactors?: {
    backbone?: LearningRateFactor;
    tower?: LearningRateFactor;
    heads?: LearningRateFactor;
  };
  /**
   * Optimizer of this stage, in place of the experiment's.
   */
  optimizer?: Optimizer;
  /**
   * Loss of this stage, in place of the experiment's.
   */
  loss?: Loss;
  /**
   * Augmentation of this stage, in place of the experiment's.
   */
  augmentation?: Augmentation;
  /**
   * Ends the stage when the validation loss has stopped falling, or another metric has stopped rising. Null for never.
   */
  earlyStopping?: null | {
    metric?: SelectionMetric;
    /**
     * Epochs without a better one after which the stage ends.
     */
    patience?: number;
    /**
     * An epoch is better when it beats the best so far by more than this.
     */
    minDelta?: number;
  };
  /**
   * Lowers the learning rate when the validation loss has stopped falling, or another metric has stopped rising; only with the policy `constant`. Null for never.
   */
  reduceOnPlateau?: null | {
    metric?: SelectionMetric;
    /**
     * The learning rate is multiplied by this, between 0 and 1.
     */
    factor?: number;
    /**
     * Epochs without a better one after which the learning rate is lowered.
     */
    patience?: number;
    /**
     * An epoch is better when it beats the best so far by more than this.
     */
    minDelta?: number;
    /**
     * The learning rate is never lowered below this.
     */
    minLearningRate?: number;
  };
  /**
   * Whether the stage ends with the weights of its best epoch or with those of its last.
   */
  restoreBest?: boolean;
  /**
   * What the best epoch is chosen by, measured on the validation rows.
   */
  selectBy?: SelectionMetric;
}
/**
 * How the steps are computed.
 */
interface Execution {
  /**
   * What TensorFlow computes on. `auto`: the first GPU that it sees, else the CPU. `cpu`: the CPU, even beside a GPU. `gpu:0`, `gpu:1`, …: that NVIDIA GPU, counted among those of `CUDA_VISIBLE_DEVICES` where it is set; a run that does not find it stops.
   */
  device?: string;
  /**
   * Whether TensorFlow takes memory of a GPU as it needs it, in place of nearly all of it at the start, so that several processes fit on one. `false` leaves it to the variable `TF_FORCE_GPU_ALLOW_GROWTH` of the environment. Without meaning on a CPU; not a part of the plan's hash.
   */
  memoryGrowth?: boolean;
  /**
   * Whether training steps are compiled with XLA, TensorFlow's compiler, as far as it can: resampling, our own kernels and random numbers stay outside. Compiling takes a minute or more at the start of each stage, and sums are rounded otherwise; not a part of the plan's hash.
   */
  xla?: boolean;
  /**
   * Type of the feature maps and of what convolutions compute with. `bfloat16` (mixed precision) needs half of the memory for them and is faster where the processor has instructions for it (AVX-512 BF16, AMX), slower where it has none; it keeps 8 of float32's 24 bits, so that a loss differs in its third digit. `float16` keeps 11 bits, and numbers from 6e-8 to 65504 alone: gradients are taken of a scaled loss, whose scale begins at 2^15 in each stage, is halved after a step that overflows, which is skipped, and doubled after 2000 that did not; it is meant for GPUs, and several times slower than `float32` on processors without AVX-512 FP16. Weights, optimizer, batch norm's statistics, pooled features, towers, heads and loss are float32 always.
   */
  precision?: 'float32' | 'bfloat16' | 'float16';
}
/**
 * Where the run's numbers go besides its own folder. `MLFLOW_TRACKING_URI` in the environment stands in for `mlflow.uri`.
 */
interface Tracking {
  /**
   * The MLflow server and the experiment in it.
   */
  mlflow?: {
    /**
     * Address of an MLflow server (http or https); null to keep the numbers in `runs/` until `run ui` or `run sync`.
     */
    uri?: string | null;
    /**
     * Name of the MLflow experiment that the run belongs to.
     */
    experiment?: string;
  };
}

/**
 * One attribute: its classes in order, or nothing to take the classes found in the table, sorted.
 */
type ResolvedAttribute =
  | null
  | ResolvedClasses
  | {
      /**
       * Column of the table that holds the label. Without it, the head's name.
       */
      column?: string;
      classes?: ResolvedClasses;
      /**
       * Whether the classes stand in an order, from low to high. The mean error in classes is then measured, and the loss `ordinal` may be used.
       */
      ordinal: boolean;
    };
/**
 * Names of the classes in the order of the head's outputs. Every label in the table must be one of them.
 *
 * @minItems 2
 */
type ResolvedClasses = string[];
/**
 * The network that turns an image into feature maps. Trained from scratch.
 */
type ResolvedBackbone =
  | {
      /**
       * `densenet121`: exactly as keras.applications defines it (Huang et al., arXiv:1608.06993).
       */
      name: 'densenet121';
      initializer: ResolvedInitializer;
    }
  | {
      /**
       * `densenet169`: the same with 169 layers.
       */
      name: 'densenet169';
      initializer: ResolvedInitializer;
    }
  | {
      /**
       * `densenet201`: the same with 201 layers.
       */
      name: 'densenet201';
      initializer: ResolvedInitializer;
    }
  | {
      /**
       * `densenet`: the same construction with a size of your own.
       */
      name: 'densenet';
      /**
       * Number of layers in each dense block, in order. DenseNet121 is [6, 12, 24, 16].
       *
       * @minItems 1
       * @maxItems 6
       */
      blocks: number[];
      /**
       * Channels that each layer adds.
       */
      growthRate: number;
      /**
       * Channels of the first convolution.
       */
      initialFilters: number;
      /**
       * How the image is first made smaller. `imagenet`: 7×7 convolution with stride 2, then 3×3 max pooling with stride 2. `small`: one 3×3 convolution with stride 1, for images up to about 64 pixels.
       */
      stem: 'imagenet' | 'small';
      initializer: ResolvedInitializer;
    }
  | {
      /**
       * `resnet50`: exactly as keras.applications defines it (He et al., arXiv:1512.03385).
       */
      name: 'resnet50';
      zeroGamma: ResolvedZeroGamma;
      initializer: ResolvedInitializer;
    }
  | {
      /**
       * `resnet101`: the same with 101 layers.
       */
      name: 'resnet101';
      zeroGamma: ResolvedZeroGamma;
      initializer: ResolvedInitializer;
    }
  | {
      /**
       * `resnext50`: ResNeXt50 with 32 groups of 4 channels, exactly as timm's resnext50_32x4d (Xie et al., arXiv:1611.05431).
       */
      name: 'resnext50';
      zeroGamma: ResolvedZeroGamma;
      initializer: ResolvedInitializer;
    }
  | {
      /**
       * `efficientnetb0`: as keras.applications defines it (Tan and Le, arXiv:1905.11946), without its normalisation of the input.
       */
      name: 'efficientnetb0';
      stochasticDepth: ResolvedStochasticDepth;
      initializer: ResolvedInitializer;
    }
  | {
      /**
       * `efficientnetb1`: the same, deeper.
       */
      name: 'efficientnetb1';
      stochasticDepth: ResolvedStochasticDepth;
      initializer: ResolvedInitializer;
    }
  | {
      /**
       * `efficientnetb2`: the same, deeper and wider.
       */
      name: 'efficientnetb2';
      stochasticDepth: ResolvedStochasticDepth;
      initializer: ResolvedInitializer;
    }
  | {
      /**
       * `efficientnetb3`: the same, deeper and wider still.
       */
      name: 'efficientnetb3';
      stochasticDepth: ResolvedStochasticDepth;
      initializer: ResolvedInitializer;
    }
  | {
      /**
       * `inceptionv4`: exactly as timm's inception_v4 (Szegedy et al., arXiv:1602.07261). Images of at least 75 pixels.
       */
      name: 'inceptionv4';
      initializer: ResolvedInitializer;
    };
/**
 * How kernels start, as Keras defines it; normal ones are cut at two deviations. `glorotUniform`, `glorotNormal`: variance 2 / (inputs + outputs) of a value (Glorot and Bengio 2010). `heUniform`, `heNormal`: 2 / inputs, for ReLU (He et al., arXiv:1502.01852); `heNormalFanOut`: 2 / outputs. `lecunUniform`, `lecunNormal`: 1 / inputs. `orthogonal`: rows or columns of length 1 at right angles (Saxe et al., arXiv:1312.6120). `{ truncatedNormal: deviation }`: of the normal that is cut.
 */
type ResolvedInitializer =
  | (
      | 'glorotUniform'
      | 'glorotNormal'
      | 'heUniform'
      | 'heNormal'
      | 'heNormalFanOut'
      | 'lecunUniform'
      | 'lecunNormal'
      | 'orthogonal'
    )
  | {
      /**
       * Deviation before the cut, above 0. Keras's default is 0.05.
       */
      truncatedNormal: number;
    };
/**
 * Whether the last batch norm of each residual block starts with factors of 0, so that the block starts as its shortcut alone (Goyal et al., arXiv:1706.02677, section 5.1).
 */
type ResolvedZeroGamma = boolean;
/**
 * Probability that the last residual block leaves an image as it is in a training step; it rises to that from 0 at the first block (Huang et al., arXiv:1603.09382).
 */
type ResolvedStochasticDepth = number;
/**
 * `batchNorm`, `{ dropout: rate }`, `{ dense: units, activation: relu, initializer: glorotUniform }`, or `{ activation: relu }`.
 */
type ResolvedTowerLayer =
  | 'batchNorm'
  | {
      /**
       * Share of the features set to zero at random in training, at least 0 and below 1.
       */
      dropout: number;
    }
  | {
      /**
       * Number of units of a fully connected layer.
       */
      dense: number;
      /**
       * What follows the fully connected layer: `relu`, `swish` (x · sigmoid(x), arXiv:1710.05941), `gelu` (x · Φ(x), arXiv:1606.08415), or `linear` for nothing.
       */
      activation: 'relu' | 'swish' | 'gelu' | 'linear';
      /**
       * How its weights start.
       */
      initializer: ResolvedInitializer;
    }
  | {
      /**
       * A layer of its own, as after a batch norm.
       */
      activation: 'relu' | 'swish' | 'gelu';
    };
/**
 * Loss of every head, and how the heads and their classes are weighted. A head's loss is the weighted mean over the rows that have a label; those of the heads are weighted and summed.
 */
type ResolvedLoss =
  | {
      /**
       * `crossEntropy`: softmax cross entropy.
       */
      type: 'crossEntropy';
      labelSmoothing: ResolvedLabelSmoothing;
      heads: ResolvedLossHeads;
      headWeights: ResolvedHeadWeights;
      classWeights: ResolvedClassWeights;
    }
  | {
      /**
       * `focal`: cross entropy in which a class counts by (1 - probability)^gamma, so that rows that are right already count little (Lin et al., arXiv:1708.02002).
       */
      type: 'focal';
      gamma: ResolvedGamma;
      labelSmoothing: ResolvedLabelSmoothing;
      heads: ResolvedLossHeads;
      headWeights: ResolvedHeadWeights;
      classWeights: ResolvedClassWeights;
    }
  | {
      /**
       * `ordinal`: CORN (Shi, Cao and Raschka, arXiv:2111.08851), for heads that are declared `ordinal`. K classes have K - 1 outputs, each whether a row is above a class given that it is not below it.
       */
      type: 'ordinal';
      heads: ResolvedLossHeads;
      headWeights: ResolvedHeadWeights;
      classWeights: ResolvedClassWeights;
    };
/**
 * Share of a label that is spread evenly over all classes, its own included, as Keras does (Szegedy et al., arXiv:1512.00567). At least 0 and below 1.
 */
type ResolvedLabelSmoothing = number;
/**
 * Loss of one head.
 */
type ResolvedHeadLoss =
  | {
      /**
       * `crossEntropy`: as for all heads.
       */
      type: 'crossEntropy';
      labelSmoothing: ResolvedLabelSmoothing;
    }
  | {
      /**
       * `focal`: as for all heads.
       */
      type: 'focal';
      gamma: ResolvedGamma;
      labelSmoothing: ResolvedLabelSmoothing;
    }
  | {
      /**
       * `ordinal`: as for all heads.
       */
      type: 'ordinal';
    };
/**
 * How little a row counts that is right already, at least 0, which is plain cross entropy.
 */
type ResolvedGamma = number;
/**
 * Weight of a head's loss in the sum, by head; 1 for a head that is not named. `uncertainty`: learned, after Kendall, Gal and Cipolla (arXiv:1705.07115): each head has a log-variance s, 0 at the start and trained by the stage's optimizer, and adds exp(-s) × loss + s / 2.
 */
type ResolvedHeadWeights =
  | 'uncertainty'
  | {
      [k: string]: number;
    };
/**
 * Weight of a row in its head's loss, by its class. `none`: all 1. `balanced`: rows / (classes × rows of the class), counted on the training part, so that every class counts the same. `effectiveNumber`: in proportion to (1 - beta) / (1 - beta^rows of the class), adding up to the number of classes (Cui et al., arXiv:1901.05555), with a beta of 0.999 or `{ effectiveNumber: { beta: … } }`. Or by head, one of these words or weights by class: `{ kids: balanced, garment: { Hat: 2 } }`; 1 for a head or class that is not named.
 */
type ResolvedClassWeights =
  | ('none' | 'balanced' | 'effectiveNumber')
  | {
      /**
       * Weights by the effective number of rows.
       */
      effectiveNumber: {
        /**
         * How far the weights follow the numbers of rows, at least 0 and below 1: 0 for all the same, near 1 for `balanced`.
         */
        beta: number;
      };
    }
  | {
      [k: string]:
        | 'none'
        | 'balanced'
        | 'effectiveNumber'
        | {
            [k: string]: number;
          };
    };
/**
 * How gradients change the weights.
 */
type ResolvedOptimizer =
  | {
      /**
       * `adam`: Kingma and Ba, arXiv:1412.6980, in the form before its section 2.1 that Keras uses.
       */
      name: 'adam';
      learningRate: ResolvedLearningRate;
      /**
       * Decay of the mean of the gradients, at least 0 and below 1.
       */
      beta1: number;
      /**
       * Decay of the mean of their squares, at least 0 and below 1.
       */
      beta2: number;
      /**
       * Added to the root in the denominator, above 0.
       */
      epsilon: number;
      weightDecay: ResolvedWeightDecay;
      clipNorm: ResolvedClipNorm;
      averageWeights: ResolvedAverageWeights;
      accumulateGradients: ResolvedAccumulateGradients;
    }
  | {
      /**
       * `adamw`: Adam with decoupled decay. Loshchilov and Hutter, arXiv:1711.05101.
       */
      name: 'adamw';
      learningRate: ResolvedLearningRate;
      /**
       * Decay of the mean of the gradients, at least 0 and below 1.
       */
      beta1: number;
      /**
       * Decay of the mean of their squares, at least 0 and below 1.
       */
      beta2: number;
      /**
       * Added to the root in the denominator, above 0.
       */
      epsilon: number;
      /**
       * Before each step every kernel loses learning rate × this × itself; norms and biases are spared. At least 0.
       */
      weightDecay: number;
      clipNorm: ResolvedClipNorm;
      averageWeights: ResolvedAverageWeights;
      accumulateGradients: ResolvedAccumulateGradients;
    }
  | {
      /**
       * `sgd`: stochastic gradient descent with momentum, as Keras defines it.
       */
      name: 'sgd';
      learningRate: ResolvedLearningRate;
      /**
       * Share of the last change that is kept, at least 0 and below 1.
       */
      momentum: number;
      /**
       * Whether the gradient is taken ahead, after Nesterov.
       */
      nesterov: boolean;
      weightDecay: ResolvedWeightDecay;
      clipNorm: ResolvedClipNorm;
      averageWeights: ResolvedAverageWeights;
      accumulateGradients: ResolvedAccumulateGradients;
    }
  | {
      /**
       * `rmsprop`: the gradient over the root of its mean square, Hinton 2012, as Keras defines it.
       */
      name: 'rmsprop';
      learningRate: ResolvedLearningRate;
      /**
       * Decay of the mean square, at least 0 and below 1.
       */
      rho: number;
      /**
       * Share of the last change that is kept, at least 0 and below 1.
       */
      momentum: number;
      /**
       * Added under the root in the denominator, above 0.
       */
      epsilon: number;
      /**
       * Whether the square of the mean gradient is taken off the mean square.
       */
      centered: boolean;
      weightDecay: ResolvedWeightDecay;
      clipNorm: ResolvedClipNorm;
      averageWeights: ResolvedAverageWeights;
      accumulateGradients: ResolvedAccumulateGradients;
    };
/**
 * Learning rate of a stage, above 0: the highest one of its policy.
 */
type ResolvedLearningRate = number;
/**
 * Adds this × weight to the gradient of every kernel, which is an L2 penalty of half of it in the loss; norms and biases are spared, and the loss that is shown is without it. At least 0; PyTorch's `weight_decay`.
 */
type ResolvedWeightDecay = number;
/**
 * Largest norm of all gradients together: where theirs is larger, all are scaled down to it, before any decay. Null for no limit; Keras's `global_clipnorm`.
 */
type ResolvedClipNorm = number | null;
/**
 * Keeps a moving average of all that the stage trains, batch-norm statistics included. Validation, the choice of the best epoch and the weights at the stage's end are those of the average; what is counted of training is that of the weights. Null for none.
 */
type ResolvedAverageWeights = null | {
  /**
   * Share of the average that each update keeps, above 0 and below 1.
   */
  decay: number;
};
/**
 * Batches whose mean gradient makes one update. The last update of an epoch takes the batches that are left.
 */
type ResolvedAccumulateGradients = number;
/**
 * How the learning rate moves over the steps of a stage. The stage's learning rate is its highest one; factors are shares of it.
 */
type ResolvedLearningRatePolicy =
  | {
      /**
       * `constant`: the learning rate of the stage at every step.
       */
      name: 'constant';
      warmUp: ResolvedWarmUp;
    }
  | {
      /**
       * `step`: multiplied by `factor` after every so many steps; PyTorch's StepLR.
       */
      name: 'step';
      /**
       * Steps between two changes, after the warm-up.
       */
      every: ResolvedDuration;
      /**
       * Multiplies the learning rate at each change, above 0 and below 1.
       */
      factor: number;
      warmUp: ResolvedWarmUp;
    }
  | {
      /**
       * `exponential`: falls a little at each step, by `factor` in every so many; Keras's ExponentialDecay.
       */
      name: 'exponential';
      /**
       * Steps in which the learning rate falls by `factor`.
       */
      every: ResolvedDuration;
      /**
       * Multiplies the learning rate within that time, above 0 and below 1.
       */
      factor: number;
      warmUp: ResolvedWarmUp;
    }
  | {
      /**
       * `polynomial`: falls to `endFactor` at the end of the stage, in a straight line where `power` is 1; Keras's PolynomialDecay.
       */
      name: 'polynomial';
      /**
       * Power of the share of steps that is left, above 0.
       */
      power: number;
      /**
       * Share of the learning rate that is left at the end of the stage, at least 0 and below 1.
       */
      endFactor: number;
      warmUp: ResolvedWarmUp;
    }
  | {
      /**
       * `cosine`: half a cosine down to `endFactor`, again and again with `restarts`. Loshchilov and Hutter, SGDR, arXiv:1608.03983.
       */
      name: 'cosine';
      /**
       * Share of the learning rate that is left at the end of a cycle, at least 0 and below 1.
       */
      endFactor: number;
      /**
       * Cycles that each begin at the top again. Null for one cycle as long as the stage.
       */
      restarts: null | {
        /**
         * Length of the first cycle.
         */
        after: ResolvedDuration;
        /**
         * Each cycle is so many times as long as the one before, at least 1.
         */
        lengthFactor: number;
        /**
         * Each cycle begins at this share of where the one before began, above 0 and at most 1.
         */
        peakFactor: number;
      };
      warmUp: ResolvedWarmUp;
    }
  | {
      /**
       * `oneCycle`: up to the stage's learning rate and down again, far below where it began. Smith, arXiv:1803.09820, as PyTorch's OneCycleLR. It has no `warmUp`, because it begins with a rise of its own.
       */
      name: 'oneCycle';
      /**
       * Steps of the rise.
       */
      rise: ResolvedDuration;
      /**
       * Share of the learning rate at the first step, above 0 and below 1.
       */
      startFactor: number;
      /**
       * Share of the learning rate at the last step, at least 0 and below 1.
       */
      endFactor: number;
      /**
       * Form of rise and fall: half a `cosine`, or `linear`.
       */
      annealing: 'cosine' | 'linear';
      /**
       * Whether the fall takes as long as the rise and ends where that began, the rest of the stage falling on to `endFactor`.
       */
      threePhase: boolean;
      /**
       * Momentum of `sgd` and `rmsprop`, `beta1` of `adam`, moved against the learning rate. Null to leave it to the optimizer.
       */
      momentum: null | {
        /**
         * Momentum where the learning rate is highest.
         */
        min: number;
        /**
         * Momentum where the learning rate is lowest.
         */
        max: number;
      };
    }
  | {
      /**
       * `cyclic`: up and down in straight lines, again and again. Smith, arXiv:1506.01186, as PyTorch's CyclicLR.
       */
      name: 'cyclic';
      /**
       * `triangular`: every cycle the same. `triangular2`: each half as high as the one before. `expRange`: the height falls by `gamma` at each step.
       */
      mode: 'triangular' | 'triangular2' | 'expRange';
      /**
       * Share of the learning rate at the bottom of a cycle, at least 0 and below 1.
       */
      baseFactor: number;
      /**
       * Steps from the bottom of a cycle to its top.
       */
      stepUp: ResolvedDuration;
      /**
       * Steps from the top to the bottom. Null for as many as up.
       */
      stepDown: null | ResolvedDuration;
      /**
       * Only for `expRange`: multiplies the height of the cycles at each step, above 0 and at most 1.
       */
      gamma: number;
      /**
       * Momentum of `sgd` and `rmsprop`, `beta1` of `adam`, moved against the learning rate. Null to leave it to the optimizer.
       */
      momentum: null | {
        /**
         * Momentum where the learning rate is highest.
         */
        min: number;
        /**
         * Momentum where the learning rate is lowest.
         */
        max: number;
      };
      warmUp: ResolvedWarmUp;
    };
/**
 * At the start of the stage the learning rate rises in a straight line from `startFactor`, and the policy begins where that ends; PyTorch's LinearLR. Null for none.
 */
type ResolvedWarmUp =
  | null
  | {
      /**
       * Training steps.
       */
      steps: number;
      /**
       * Share of the policy's first learning rate at the first step, at least 0 and below 1.
       */
      startFactor: number;
    }
  | {
      /**
       * Epochs, rounded to whole steps.
       */
      epochs: number;
      /**
       * Share of the policy's first learning rate at the first step, at least 0 and below 1.
       */
      startFactor: number;
    }
  | {
      /**
       * Share of the stage's steps, rounded to whole ones.
       */
      share: number;
      /**
       * Share of the policy's first learning rate at the first step, at least 0 and below 1.
       */
      startFactor: number;
    };
/**
 * A number of steps, of epochs, or a share of the stage.
 */
type ResolvedDuration =
  | {
      /**
       * Training steps.
       */
      steps: number;
    }
  | {
      /**
       * Epochs, rounded to whole steps.
       */
      epochs: number;
    }
  | {
      /**
       * Share of the stage's steps, rounded to whole ones.
       */
      share: number;
    };
/**
 * Probability that an image is changed, 0 to 1.
 */
type ResolvedProbability = number;
/**
 * Multiplies the learning rate for this part, above 0.
 */
type ResolvedLearningRateFactor = number;
/**
 * Metric of the validation rows by which epochs are compared. `loss`: the lower the better. The others are means over the heads, and the higher the better.
 */
type ResolvedSelectionMetric = 'loss' | 'accuracy' | 'balancedAccuracy' | 'macroF1' | 'auc';

/**
 * One experiment: a table of labelled images, a network with one head per attribute, and a schedule of training stages.
 */
export interface ResolvedExperiment {
  /**
   * File that this one starts from, relative to this file. Maps are merged key by key; lists and single values replace what the other file says.
   */
  extends?: string;
  /**
   * Name of the experiment: a part of the run's folder name and the name of its run in MLflow. Letters, digits, `_`, `.` and `-`.
   */
  name: string;
  /**
   * What the experiment tries, in Markdown. Shown as the run's description in MLflow.
   */
  description?: string;
  /**
   * Seed of everything random in training: initial weights, order of the rows, augmentation, dropout. The same seed gives the same weights on the same machine. The split has a seed of its own.
   */
  seed: number;
  dataset: ResolvedDataset;
  model: ResolvedModel;
  loss: ResolvedLoss;
  optimizer: ResolvedOptimizer;
  /**
   * How the learning rate moves over the steps of a stage. A stage may replace it as a whole.
   */
  learningRatePolicy: ResolvedLearningRatePolicy;
  /**
   * Random changes to every training image. A stage may replace it as a whole.
   */
  augmentation: ResolvedAugmentation;
  /**
   * The training schedule: stages run one after the other, each starting from the weights of the one before it and from a new optimizer.
   *
   * @minItems 1
   */
  stages: ResolvedStage[];
  execution: ResolvedExecution;
  tracking: ResolvedTracking;
}
/**
 * A table with one row per image and one column per attribute, and the folder of the images.
 */
interface ResolvedDataset {
  /**
   * CSV file with a header line, relative to this file.
   */
  table: string;
  /**
   * Folder that the paths in the image column are relative to; itself relative to this file.
   */
  images: string;
  /**
   * Column that holds the path of each row's image.
   */
  imageColumn: string;
  /**
   * Character between two columns of the table.
   */
  delimiter: string;
  /**
   * The attributes to learn, one head each. The key is the head's name.
   */
  attributes: {
    [k: string]: ResolvedAttribute;
  };
  /**
   * Cells that mean that the label is not known, besides the empty cell. A row without a label is left out of that head's loss and metrics and kept in the others. The word `None` is a class like any other unless it is listed here.
   */
  missing: string[];
  split: ResolvedSplit;
  /**
   * How pixels become numbers. `dataset`: subtract the mean and divide by the deviation of each channel, measured on the training part. `imagenet`: the same with ImageNet's figures. `perImage`: each image by the mean and deviation of all its own pixels and channels, after augmentation. `unit`: divide by 255. Or give `mean` and `std` of each channel (red, green, blue; pixel values from 0 to 255).
   */
  normalize:
    | ('dataset' | 'imagenet' | 'perImage' | 'unit')
    | {
        /**
         * Mean of the red, green and blue channel, 0 to 255.
         *
         * @minItems 3
         * @maxItems 3
         */
        mean: number[];
        /**
         * Deviation of the red, green and blue channel, above 0.
         *
         * @minItems 3
         * @maxItems 3
         */
        std: number[];
      };
  /**
   * How an image that is not square becomes one. `stretch`: both sides scaled on their own, as the article does. `crop`: the middle is kept. `pad`: black bars.
   */
  fit: 'stretch' | 'crop' | 'pad';
  /**
   * Where the images are while training; no result depends on it. `file`: the cache file is mapped, so that a step reads what it takes, data larger than the memory can be trained on, and processes share it. `memory`: read once into the memory of the device that trains. `auto`: `memory` on a GPU where the images take at most 4 GB, else `file`.
   */
  residence: 'auto' | 'memory' | 'file';
  /**
   * What to do when an image file is missing, truncated or not an image. `stop`: list all of them and stop. `skip`: list them and leave their rows out.
   */
  onBadImage: 'stop' | 'skip';
}
/**
 * Which rows are for training, validation and testing: shares of the rows drawn by the seed, folds of cross-validation, or what a column of the table says.
 */
interface ResolvedSplit {
  /**
   * Share of all rows that is for validation, between 0 and 1. Not used with `folds` or `column`; `null` takes it away from a base.
   */
  validation: number | null;
  /**
   * Share of all rows that is set aside for testing, between 0 and 1: training never sees them. Drawn first, by the seed alone: the same rows whatever `validation`, `folds` and `fold` say. Null: no test part.
   */
  test: number | null;
  /**
   * Cross-validation: the rows that are not for testing are dealt into so many folds of equal size, and one of them is for validation. Each row is in exactly one fold. Null: no folds.
   */
  folds: number | null;
  /**
   * Number of the fold that is for validation, from 0. As the axis of a sweep, `dataset.split.fold: [0, 1, 2, 3, 4]`, it trains on every fold.
   */
  fold: number | null;
  /**
   * Seed of the draw. The same table, shares and seed give the same rows on every machine.
   */
  seed: number;
  /**
   * Heads whose classes keep their shares in every part and fold. With `groupBy`, as near as whole groups allow.
   */
  stratifyBy: string[];
  /**
   * Column of the table: rows with the same value are always in one part or fold. For pictures of one person, or from one sender. Rows where it is empty are groups of their own.
   */
  groupBy: string | null;
  /**
   * Column of the table that says `train`, `validation` or `test` for each row (any other word leaves the row out). Replaces the draw.
   */
  column: string | null;
}
/**
 * Backbone, pooling, and the tower of layers that each head has for itself.
 */
interface ResolvedModel {
  backbone: ResolvedBackbone;
  /**
   * What turns feature maps into features. `gap`: the mean of each map, `gmp`: its maximum, `gem`: its generalised mean, with an exponent for all maps that starts at 3 and is learned with the tower (Radenović et al., arXiv:1711.02512). Several: concatenated in the order given.
   *
   * @minItems 1
   */
  pooling: ('gap' | 'gmp' | 'gem')[];
  /**
   * Layers between the pooled features and a head's outputs, built once for every head.
   */
  tower: ResolvedTowerLayer[];
  /**
   * Towers of their own, by head, in place of `tower`.
   */
  towers: {
    [k: string]: ResolvedTowerLayer[];
  };
  /**
   * How the weights of the heads' outputs start.
   */
  headInitializer: ResolvedInitializer;
  /**
   * Weights to start from. Null: all are drawn from the seed.
   */
  weights: null | {
    /**
     * File of weights, relative to this file: of a run of one's own (`runs/…/checkpoint/best.safetensors`), safetensors with PyTorch's names (timm's for `resnext50` and `inceptionv4`), or Keras's `.weights.h5`, `.h5` and `.keras`. Matched by the names of layers and weights, never by their order.
     */
    file: string;
    /**
     * Parts of the network whose weights come from the file; the others are drawn from the seed.
     *
     * @minItems 1
     */
    parts: ('backbone' | 'tower' | 'heads')[];
    /**
     * What to do when the file lacks a weight of these parts. `stop`: list them and stop. `initialize`: draw them from the seed. A weight of another shape always stops.
     */
    onMissing: 'stop' | 'initialize';
  };
}
/**
 * Heads with a loss of their own, in place of `type` and its keys.
 */
interface ResolvedLossHeads {
  [k: string]: ResolvedHeadLoss;
}
/**
 * Random changes to a training image, drawn from the seed, the stage, the epoch and the row. Applied in this order: random-resized crop, shift, shear, rotation, zoom, flips and what trivialAugment or randAugment moves, in one resampling; what these change of pixels; brightness, contrast, saturation, hue, grayscale, blur, noise; then, on the normalised image, erasing, coarse dropout, and mixing with another image.
 */
interface ResolvedAugmentation {
  /**
   * Share of all augmentation here that is done, 0 to 1: a number for the whole stage, or `from` and `to` for one that moves from epoch to epoch. It multiplies what says how far a change goes (shares, amounts, degrees, sigma, stddev, the areas of randomErasing, the size of coarseDropout), takes randomResizedCrop from the whole image (1 - strength × (1 - scale), ratio to the power of strength), multiplies the level of trivialAugment and randAugment (and how often their AutoContrast and Equalize, which have none, are done), and multiplies the probability of what is done or not (flips, grayscale, mixUp, cutMix); other probabilities stay.
   */
  strength:
    | number
    | {
        /**
         * In the first epoch of the stage, 0 to 1. In between it moves in a straight line, the same throughout an epoch.
         */
        from: number;
        /**
         * In the last of the stage's epochs, 0 to 1; a stage that stops early does not reach it. A stage of one epoch has this one.
         */
        to: number;
      };
  /**
   * Probability of mirroring the image left to right, 0 to 1.
   */
  horizontalFlip: number;
  /**
   * Probability of mirroring the image upside down, 0 to 1.
   */
  verticalFlip: number;
  /**
   * Largest shift along each side, as a share of that side.
   */
  shift: {
    /**
     * Shift to the left or right is uniform in [-x, x] × width. 0 to below 1.
     */
    x: number;
    /**
     * Shift up or down is uniform in [-y, y] × height. 0 to below 1.
     */
    y: number;
    probability: ResolvedProbability;
  };
  /**
   * Both sides are scaled by factors drawn apart, uniform in [1 - zoom, 1 + zoom]; a factor below 1 enlarges. A number, or `amount` with a probability. 0 to below 1.
   */
  zoom:
    | number
    | {
        /**
         * Factors are uniform in [1 - amount, 1 + amount]. 0 to below 1.
         */
        amount: number;
        probability: ResolvedProbability;
      };
  /**
   * Rotation about the centre by an angle that is uniform in [-rotate, rotate] degrees. A number, or `degrees` with a probability. 0 to 180.
   */
  rotate:
    | number
    | {
        /**
         * The angle is uniform in [-degrees, degrees]. 0 to 180.
         */
        degrees: number;
        probability: ResolvedProbability;
      };
  /**
   * Shear about the centre, as in torchvision's `affine`.
   */
  shear: {
    /**
     * Upright lines lean by an angle that is uniform in [-x, x] degrees. 0 to below 90.
     */
    x: number;
    /**
     * Level lines lean by an angle that is uniform in [-y, y] degrees. 0 to below 90.
     */
    y: number;
    probability: ResolvedProbability;
  };
  /**
   * Shows a part of the image, drawn as torchvision's `RandomResizedCrop` draws it (Szegedy et al., arXiv:1409.4842), at places that are not rounded to pixels. Null for none.
   */
  randomResizedCrop: null | {
    /**
     * Smallest and largest share of the image's area that is shown, above 0 and at most 1.
     *
     * @minItems 2
     * @maxItems 2
     */
    scale: number[];
    /**
     * Smallest and largest width of the part divided by its height, above 0; uniform in its logarithm. Where no part of ten draws fits, the largest one in the middle is shown.
     *
     * @minItems 2
     * @maxItems 2
     */
    ratio: number[];
    probability: ResolvedProbability;
  };
  /**
   * What stands where the resampling reaches beyond the image. `nearest`: the edge pixel goes on. `constant`: `fillValue`. `reflect`: mirrored at the edge. `wrap`: the other side.
   */
  fillMode: 'nearest' | 'constant' | 'reflect' | 'wrap';
  /**
   * Of `fillMode: constant`: value of all three channels beyond the image, 0 (black) to 255 (white).
   */
  fillValue: number;
  /**
   * One operation for each image, of 14 that are all alike, at a level that is one of 0 to 30, all alike (Müller and Hutter, arXiv:2103.10158), by torchvision's `TrivialAugmentWide`: Identity, ShearX, ShearY, TranslateX, TranslateY, Rotate, Brightness, Color, Contrast, Sharpness, Posterize, Solarize, AutoContrast, Equalize. Level 30 is a shear by 0.99 (tangent), a shift by 1/7 of the side (torchvision's 32 pixels of 224, at any size), 135 degrees, a factor of 0.01 or 1.99, 2 bits, the negative of the whole image. What moves pixels is done within the one resampling, beyond the image as `fillMode` says. Null for none; beside randAugment an error.
   */
  trivialAugment: null | {
    probability: ResolvedProbability;
  };
  /**
   * Several operations for each image, one after the other, at one level (Cubuk et al., arXiv:1909.13719), by torchvision's `RandAugment`: the same 14 as trivialAugment, all alike, and the same one may come twice. Level 30 is a shear by 0.3 (tangent), a shift by 150/331 of the side, 30 degrees, a factor of 0.1 or 1.9, 4 bits, the negative of the whole image. What moves pixels comes first, within the one resampling, beyond the image as `fillMode` says. Null for none; beside trivialAugment an error.
   */
  randAugment: null | {
    /**
     * How many an image gets, 1 to 8. Each costs time.
     */
    operations: number;
    /**
     * Level of all operations, 0 to 30. AutoContrast and Equalize have none, and are done at 0 too.
     */
    magnitude: number;
    probability: ResolvedProbability;
  };
  /**
   * All values times a factor that is uniform in [1 - brightness, 1 + brightness], not below 0, as torchvision's `ColorJitter`; values are cut off at 0 and 255. A number, or `amount` with a probability. 0 to 10.
   */
  brightness:
    | number
    | {
        /**
         * As the number alone. 0 to 10.
         */
        amount: number;
        probability: ResolvedProbability;
      };
  /**
   * Mixed with the mean grey of the image, by a factor that is uniform in [1 - contrast, 1 + contrast], not below 0, as torchvision's `ColorJitter`. A number, or `amount` with a probability. 0 to 10.
   */
  contrast:
    | number
    | {
        /**
         * As the number alone. 0 to 10.
         */
        amount: number;
        probability: ResolvedProbability;
      };
  /**
   * Mixed with its own grey, by a factor that is uniform in [1 - saturation, 1 + saturation], not below 0, as torchvision's `ColorJitter`. A number, or `amount` with a probability. 0 to 10.
   */
  saturation:
    | number
    | {
        /**
         * As the number alone. 0 to 10.
         */
        amount: number;
        probability: ResolvedProbability;
      };
  /**
   * The hue turns by a part of the circle that is uniform in [-hue, hue], as torchvision's `ColorJitter`. A number, or `amount` with a probability. 0 to 0.5.
   */
  hue:
    | number
    | {
        /**
         * As the number alone. 0 to 0.5.
         */
        amount: number;
        probability: ResolvedProbability;
      };
  /**
   * Probability that all colour is taken out, 0 to 1, as torchvision's `RandomGrayscale`.
   */
  grayscale: number;
  /**
   * Each pixel becomes a mean of its neighbours by a normal density, as torchvision's `GaussianBlur`, with a kernel that reaches three times the largest deviation to each side. Null for none.
   */
  gaussianBlur: null | {
    /**
     * Smallest and largest standard deviation in pixels of the network's image, above 0 and at most 10; uniform between.
     *
     * @minItems 2
     * @maxItems 2
     */
    sigma: number[];
    probability: ResolvedProbability;
  };
  /**
   * Normal noise for each pixel and channel, as torchvision's `GaussianNoise`; values are cut off at 0 and 255. Null for none.
   */
  gaussianNoise: null | {
    /**
     * Smallest and largest standard deviation, 0 to 255; uniform between.
     *
     * @minItems 2
     * @maxItems 2
     */
    stddev: number[];
    probability: ResolvedProbability;
  };
  /**
   * Paints a rectangle over the image after normalisation (Zhong et al., arXiv:1708.04896). Null for none.
   */
  randomErasing: null | {
    /**
     * Probability that an image gets a rectangle, 0 to 1.
     */
    probability: number;
    /**
     * Smallest share of the image that the rectangle covers, above 0.
     */
    areaMin: number;
    /**
     * Largest share of the image that the rectangle covers, at most 1.
     */
    areaMax: number;
    /**
     * Smallest ratio of the rectangle's height to its width, above 0.
     */
    aspectMin: number;
    /**
     * Largest ratio of the rectangle's height to its width: 1 for rectangles that are never taller than wide.
     */
    aspectMax: number;
    /**
     * The rectangle's one value is uniform in [valueMin, valueMax], in units of the normalised image.
     */
    valueMin: number;
    /**
     * The rectangle's one value is uniform in [valueMin, valueMax], in units of the normalised image.
     */
    valueMax: number;
  };
  /**
   * Paints several rectangles over the normalised image (DeVries and Taylor, arXiv:1708.04552, in the form of imgaug and albumentations). Null for none.
   */
  coarseDropout: null | {
    /**
     * Smallest and largest number of rectangles, at least 1; uniform between.
     *
     * @minItems 2
     * @maxItems 2
     */
    holes: number[];
    /**
     * Smallest and largest side of a rectangle as a share of the image's side, above 0; height and width uniform between, drawn apart, and rounded to pixels, to one at least. It lies inside the image.
     *
     * @minItems 2
     * @maxItems 2
     */
    size: number[];
    /**
     * What is painted, in units of the normalised image: 0 is the mean colour.
     */
    value: number;
    probability: ResolvedProbability;
  };
  /**
   * Mixes an image, and its labels, with another one of the batch: share × image + (1 - share) × other (Zhang et al., arXiv:1710.09412), with a share for each image. Null for none.
   */
  mixUp: null | {
    /**
     * The share is drawn from Beta(alpha, alpha), above 0: small for shares near 0 and 1.
     */
    alpha: number;
    probability: ResolvedProbability;
  };
  /**
   * Pastes a rectangle of another image of the batch, and mixes the labels by its area (Yun et al., arXiv:1905.04899). An image that would get both this and mixUp gets this one. Null for none.
   */
  cutMix: null | {
    /**
     * The share that stays is drawn from Beta(alpha, alpha), above 0; the labels follow the area that lies inside the image.
     */
    alpha: number;
    probability: ResolvedProbability;
  };
}
/**
 * One part of the schedule. Loss, optimizer and augmentation given here stand in for the experiment's own.
 */
interface ResolvedStage {
  /**
   * Name of the stage, one of its kind in the file. Letters, digits, `_`, `.` and `-`.
   */
  name: string;
  /**
   * Width and height of the images, in pixels.
   */
  imageSize: number;
  /**
   * Passes over the training part, at most; early stopping may end the stage before.
   */
  epochs: number;
  /**
   * Images per training step. Evaluation uses the same number.
   */
  batchSize: number;
  /**
   * Training steps that make an epoch, at most as many as the training part fills; null for all of it, the last short batch included.
   */
  stepsPerEpoch: number | null;
  /**
   * Parts of the network that are trained; the others are frozen: their weights and their batch-norm averages stay as they are.
   *
   * @minItems 1
   */
  trainable: ('backbone' | 'tower' | 'heads')[];
  /**
   * Rate of every dropout layer of all towers in this stage; 0 for none. Null: the rates that the towers give.
   */
  dropout: number | null;
  /**
   * The backbone's stochastic depth in this stage; 0 for none. Null: what the backbone says.
   */
  stochasticDepth: number | null;
  /**
   * Learning rate of this stage, the highest one of its policy; stands in for the optimizer's.
   */
  learningRate?: ResolvedLearningRate;
  /**
   * Policy of this stage, in place of the experiment's.
   */
  learningRatePolicy?: ResolvedLearningRatePolicy;
  /**
   * The learning rate of each part of the network, as a multiple of the stage's.
   */
  learningRateFactors: {
    backbone: ResolvedLearningRateFactor;
    tower: ResolvedLearningRateFactor;
    heads: ResolvedLearningRateFactor;
  };
  /**
   * Optimizer of this stage, in place of the experiment's.
   */
  optimizer?: ResolvedOptimizer;
  /**
   * Loss of this stage, in place of the experiment's.
   */
  loss?: ResolvedLoss;
  /**
   * Augmentation of this stage, in place of the experiment's.
   */
  augmentation?: ResolvedAugmentation;
  /**
   * Ends the stage when the validation loss has stopped falling, or another metric has stopped rising. Null for never.
   */
  earlyStopping: null | {
    metric: ResolvedSelectionMetric;
    /**
     * Epochs without a better one after which the stage ends.
     */
    patience: number;
    /**
     * An epoch is better when it beats the best so far by more than this.
     */
    minDelta: number;
  };
  /**
   * Lowers the learning rate when the validation loss has stopped falling, or another metric has stopped rising; only with the policy `constant`. Null for never.
   */
  reduceOnPlateau: null | {
    metric: ResolvedSelectionMetric;
    /**
     * The learning rate is multiplied by this, between 0 and 1.
     */
    factor: number;
    /**
     * Epochs without a better one after which the learning rate is lowered.
     */
    patience: number;
    /**
     * An epoch is better when it beats the best so far by more than this.
     */
    minDelta: number;
    /**
     * The learning rate is never lowered below this.
     */
    minLearningRate: number;
  };
  /**
   * Whether the stage ends with the weights of its best epoch or with those of its last.
   */
  restoreBest: boolean;
  /**
   * What the best epoch is chosen by, measured on the validation rows.
   */
  selectBy: ResolvedSelectionMetric;
}
/**
 * How the steps are computed.
 */
interface ResolvedExecution {
  /**
   * What TensorFlow computes on. `auto`: the first GPU that it sees, else the CPU. `cpu`: the CPU, even beside a GPU. `gpu:0`, `gpu:1`, …: that NVIDIA GPU, counted among those of `CUDA_VISIBLE_DEVICES` where it is set; a run that does not find it stops.
   */
  device: string;
  /**
   * Whether TensorFlow takes memory of a GPU as it needs it, in place of nearly all of it at the start, so that several processes fit on one. `false` leaves it to the variable `TF_FORCE_GPU_ALLOW_GROWTH` of the environment. Without meaning on a CPU; not a part of the plan's hash.
   */
  memoryGrowth: boolean;
  /**
   * Whether training steps are compiled with XLA, TensorFlow's compiler, as far as it can: resampling, our own kernels and random numbers stay outside. Compiling takes a minute or more at the start of each stage, and sums are rounded otherwise; not a part of the plan's hash.
   */
  xla: boolean;
  /**
   * Type of the feature maps and of what convolutions compute with. `bfloat16` (mixed precision) needs half of the memory for them and is faster where the processor has instructions for it (AVX-512 BF16, AMX), slower where it has none; it keeps 8 of float32's 24 bits, so that a loss differs in its third digit. `float16` keeps 11 bits, and numbers from 6e-8 to 65504 alone: gradients are taken of a scaled loss, whose scale begins at 2^15 in each stage, is halved after a step that overflows, which is skipped, and doubled after 2000 that did not; it is meant for GPUs, and several times slower than `float32` on processors without AVX-512 FP16. Weights, optimizer, batch norm's statistics, pooled features, towers, heads and loss are float32 always.
   */
  precision: 'float32' | 'bfloat16' | 'float16';
}
/**
 * Where the run's numbers go besides its own folder. `MLFLOW_TRACKING_URI` in the environment stands in for `mlflow.uri`.
 */
interface ResolvedTracking {
  /**
   * The MLflow server and the experiment in it.
   */
  mlflow: {
    /**
     * Address of an MLflow server (http or https); null to keep the numbers in `runs/` until `run ui` or `run sync`.
     */
    uri: string | null;
    /**
     * Name of the MLflow experiment that the run belongs to.
     */
    experiment: string;
  };
}
