/**
 * Experiments as types. Generated from schemas/experiment.schema.json by `npm run schema`: do not edit.
 */

/**
 * One attribute: a list of its classes, or nothing for the classes that are found in the table, sorted, or a map with these keys.
 */
type Attribute =
  | null
  | Classes
  | {
      /**
       * Column of the table with the labels. Without it, the column has the name of the head.
       */
      column?: string;
      classes?: Classes;
      /**
       * Whether the classes have an order, from low to high. The mean absolute error in classes is then measured, and the loss `ordinal` may be used.
       */
      ordinal?: boolean;
    };
/**
 * Names of the classes, in the order of the head's outputs. Every label in the table must be one of them. Without it, the classes are those found in the table, sorted.
 *
 * @minItems 2
 */
type Classes = string[];
/**
 * The network that turns an image into feature maps. Its weights are drawn from the seed unless `model.weights` names a file.
 */
type Backbone =
  | {
      /**
       * `densenet121`: DenseNet with 121 layers, as keras.applications defines it (Huang et al., arXiv:1608.06993).
       */
      name: 'densenet121';
      initializer?: Initializer;
    }
  | {
      /**
       * `densenet169`: DenseNet with 169 layers, as keras.applications defines it.
       */
      name: 'densenet169';
      initializer?: Initializer;
    }
  | {
      /**
       * `densenet201`: DenseNet with 201 layers, as keras.applications defines it.
       */
      name: 'densenet201';
      initializer?: Initializer;
    }
  | {
      /**
       * `densenet`: a DenseNet of any size.
       */
      name: 'densenet';
      /**
       * Number of layers in each dense block, one to six blocks. DenseNet121 is [6, 12, 24, 16].
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
       * The first layers. `imagenet`: a 7×7 convolution with stride 2, then 3×3 max pooling with stride 2. `small`: one 3×3 convolution with stride 1, for images of up to about 64 pixels.
       */
      stem?: 'imagenet' | 'small';
      initializer?: Initializer;
    }
  | {
      /**
       * `resnet50`: ResNet with 50 layers, as keras.applications defines it (He et al., arXiv:1512.03385).
       */
      name: 'resnet50';
      zeroGamma?: ZeroGamma;
      initializer?: Initializer;
    }
  | {
      /**
       * `resnet101`: ResNet with 101 layers, as keras.applications defines it.
       */
      name: 'resnet101';
      zeroGamma?: ZeroGamma;
      initializer?: Initializer;
    }
  | {
      /**
       * `resnext50`: ResNeXt50 with 32 groups of 4 channels, as timm's resnext50_32x4d (Xie et al., arXiv:1611.05431).
       */
      name: 'resnext50';
      zeroGamma?: ZeroGamma;
      initializer?: Initializer;
    }
  | {
      /**
       * `efficientnetb0`: EfficientNet-B0 as keras.applications defines it (Tan and Le, arXiv:1905.11946), without the input normalisation of Keras.
       */
      name: 'efficientnetb0';
      stochasticDepth?: StochasticDepth;
      initializer?: Initializer;
    }
  | {
      /**
       * `efficientnetb1`: EfficientNet-B1, deeper than B0.
       */
      name: 'efficientnetb1';
      stochasticDepth?: StochasticDepth;
      initializer?: Initializer;
    }
  | {
      /**
       * `efficientnetb2`: EfficientNet-B2, deeper and wider than B0.
       */
      name: 'efficientnetb2';
      stochasticDepth?: StochasticDepth;
      initializer?: Initializer;
    }
  | {
      /**
       * `efficientnetb3`: EfficientNet-B3, deeper and wider than B2.
       */
      name: 'efficientnetb3';
      stochasticDepth?: StochasticDepth;
      initializer?: Initializer;
    }
  | {
      /**
       * `inceptionv4`: Inception v4 as timm's inception_v4 (Szegedy et al., arXiv:1602.07261). It takes images of at least 75 pixels.
       */
      name: 'inceptionv4';
      initializer?: Initializer;
    };
/**
 * Initial weights of kernels, as Keras defines them. Normal distributions are truncated at two standard deviations. `glorotUniform`, `glorotNormal`: variance 2 / (inputs + outputs) (Glorot and Bengio 2010). `heUniform`, `heNormal`: variance 2 / inputs, for ReLU (He et al., arXiv:1502.01852). `heNormalFanOut`: variance 2 / outputs. `lecunUniform`, `lecunNormal`: variance 1 / inputs. `orthogonal`: orthonormal rows or columns (Saxe et al., arXiv:1312.6120). `{ truncatedNormal: 0.05 }`: a truncated normal with this standard deviation.
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
       * Standard deviation of the normal distribution before it is truncated. Keras's default is 0.05.
       */
      truncatedNormal: number;
    };
/**
 * Whether the last batch norm of each residual block starts with a gamma of 0, so that the block starts as its shortcut (Goyal et al., arXiv:1706.02677, section 5.1).
 */
type ZeroGamma = boolean;
/**
 * Probability that the last residual block is skipped for an image in a training step. It rises linearly from 0 at the first block (Huang et al., arXiv:1603.09382).
 */
type StochasticDepth = number;
/**
 * One layer: `batchNorm`, `{ dropout: rate }`, `{ dense: units }` or `{ activation: relu }`.
 */
type TowerLayer =
  | 'batchNorm'
  | {
      /**
       * Dropout layer: the share of the features that a training step sets to zero.
       */
      dropout: number;
    }
  | {
      /**
       * Fully connected layer: the number of its units.
       */
      dense: number;
      /**
       * Activation after the fully connected layer: `relu`, `swish` (x · sigmoid(x), arXiv:1710.05941), `gelu` (x · Φ(x), arXiv:1606.08415), or `linear` for none.
       */
      activation?: 'relu' | 'swish' | 'gelu' | 'linear';
      /**
       * Initial weights of the fully connected layer.
       */
      initializer?: Initializer;
    }
  | {
      /**
       * Activation as a layer of its own, for example after a batch norm.
       */
      activation: 'relu' | 'swish' | 'gelu';
    };
/**
 * Loss of every head, and the weights of heads and classes. The loss of a head is the weighted mean over the rows that have a label. The loss of the network is the weighted sum over the heads.
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
       * `focal`: cross entropy times (1 - probability)^gamma, so that rows that are right already count little (Lin et al., arXiv:1708.02002).
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
       * `ordinal`: CORN (Shi, Cao and Raschka, arXiv:2111.08851), for heads that are declared `ordinal`. A head of K classes has K - 1 outputs. Output j says whether the class is above class j, given that it is class j or higher.
       */
      type: 'ordinal';
      heads?: LossHeads;
      headWeights?: HeadWeights;
      classWeights?: ClassWeights;
    };
/**
 * Share of a label that is spread evenly over all classes, its own included, as in Keras (Szegedy et al., arXiv:1512.00567).
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
 * Exponent of the focal loss. With 0 it is plain cross entropy. The larger, the less a row counts that is right already.
 */
type Gamma = number;
/**
 * Weight of each head's loss in the sum, by head, 1 for a head that is not named. `uncertainty`: the weights are learned (Kendall, Gal and Cipolla, arXiv:1705.07115). Each head has a log-variance s that starts at 0 and is trained by the stage's optimizer, and adds exp(-s) × loss + s / 2.
 */
type HeadWeights =
  | 'uncertainty'
  | {
      [k: string]: number;
    };
/**
 * Weight of a row in its head's loss, by its class. `none`: all 1. `balanced`: rows / (classes × rows of the class), counted on the training rows, so that every class counts the same. `effectiveNumber`: proportional to (1 - beta) / (1 - beta^rows of the class), with the number of classes as their sum (Cui et al., arXiv:1901.05555). A map gives, by head, one of these words or weights by class: `{ kids: balanced, garment: { Hat: 2 } }`. A head or class that is not named has the weight 1.
 */
type ClassWeights =
  | ('none' | 'balanced' | 'effectiveNumber')
  | {
      /**
       * `effectiveNumber` with a beta of your own.
       */
      effectiveNumber: {
        /**
         * How closely the weights follow the number of rows: not at all with 0, as `balanced` near 1.
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
       * `adam`: Adam (Kingma and Ba, arXiv:1412.6980), as Keras defines it: `epsilon` is the paper's epsilon-hat.
       */
      name: 'adam';
      learningRate?: LearningRate;
      /**
       * Decay of the moving mean of the gradients.
       */
      beta1?: number;
      /**
       * Decay of the moving mean of the squared gradients.
       */
      beta2?: number;
      /**
       * Added to the square root in the denominator.
       */
      epsilon?: number;
      weightDecay?: WeightDecay;
      clipNorm?: ClipNorm;
      averageWeights?: AverageWeights;
      accumulateGradients?: AccumulateGradients;
    }
  | {
      /**
       * `adamw`: Adam with decoupled weight decay (Loshchilov and Hutter, arXiv:1711.05101).
       */
      name: 'adamw';
      learningRate?: LearningRate;
      /**
       * Decay of the moving mean of the gradients.
       */
      beta1?: number;
      /**
       * Decay of the moving mean of the squared gradients.
       */
      beta2?: number;
      /**
       * Added to the square root in the denominator.
       */
      epsilon?: number;
      /**
       * Decoupled weight decay: before each update a kernel loses learning rate × this × itself. Norms and biases do not decay.
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
       * Share of the last update that is added to this one.
       */
      momentum?: number;
      /**
       * Whether to use Nesterov momentum.
       */
      nesterov?: boolean;
      weightDecay?: WeightDecay;
      clipNorm?: ClipNorm;
      averageWeights?: AverageWeights;
      accumulateGradients?: AccumulateGradients;
    }
  | {
      /**
       * `rmsprop`: the gradient divided by the root of its mean square (Hinton 2012), as Keras defines it.
       */
      name: 'rmsprop';
      learningRate?: LearningRate;
      /**
       * Decay of the moving mean of the squared gradients.
       */
      rho?: number;
      /**
       * Share of the last update that is added to this one.
       */
      momentum?: number;
      /**
       * Added under the square root in the denominator.
       */
      epsilon?: number;
      /**
       * Whether the squared mean gradient is subtracted from the mean square.
       */
      centered?: boolean;
      weightDecay?: WeightDecay;
      clipNorm?: ClipNorm;
      averageWeights?: AverageWeights;
      accumulateGradients?: AccumulateGradients;
    };
/**
 * Learning rate. With a policy that changes it, this is the highest one.
 */
type LearningRate = number;
/**
 * L2 regularisation: this × weight is added to the gradient of every kernel, as PyTorch's `weight_decay`. Norms and biases do not decay. The loss that is shown does not include it.
 */
type WeightDecay = number;
/**
 * Largest norm of all gradients together, as Keras's `global_clipnorm`. Gradients with a larger norm are scaled down to it, before weight decay. Null: no limit.
 */
type ClipNorm = number | null;
/**
 * Keeps a moving average of the weights and batch-norm statistics that the stage trains. Validation, the choice of the best epoch and the weights at the end of the stage use the average; training metrics use the weights themselves. Null: no average.
 */
type AverageWeights = null | {
  /**
   * Share of the average that each update keeps.
   */
  decay?: number;
};
/**
 * Batches whose mean gradient makes one update. The last update of an epoch takes the batches that are left.
 */
type AccumulateGradients = number;
/**
 * How the learning rate changes over the steps of a stage. The stage's learning rate is the highest one, and factors are shares of it.
 */
type LearningRatePolicy =
  | {
      /**
       * `constant`: the same learning rate at every step.
       */
      name: 'constant';
      warmUp?: WarmUp;
    }
  | {
      /**
       * `step`: multiplied by `factor` at regular intervals, as PyTorch's StepLR.
       */
      name: 'step';
      /**
       * Time between two changes, counted from the end of the warm-up.
       */
      every: Duration;
      /**
       * The learning rate is multiplied by this at each change.
       */
      factor?: number;
      warmUp?: WarmUp;
    }
  | {
      /**
       * `exponential`: decays smoothly, by `factor` within each interval, as Keras's ExponentialDecay.
       */
      name: 'exponential';
      /**
       * Time in which the learning rate is multiplied by `factor`.
       */
      every?: Duration;
      /**
       * The learning rate is multiplied by this within each interval.
       */
      factor: number;
      warmUp?: WarmUp;
    }
  | {
      /**
       * `polynomial`: falls to `endFactor` at the end of the stage, linearly with a `power` of 1, as Keras's PolynomialDecay.
       */
      name: 'polynomial';
      /**
       * Power of the share of the steps that is left.
       */
      power?: number;
      /**
       * Share of the learning rate at the end of the stage.
       */
      endFactor?: number;
      warmUp?: WarmUp;
    }
  | {
      /**
       * `cosine`: half a cosine down to `endFactor`, once or with `restarts` (Loshchilov and Hutter, SGDR, arXiv:1608.03983).
       */
      name: 'cosine';
      /**
       * Share of the learning rate at the end of a cycle.
       */
      endFactor?: number;
      /**
       * Cycles that each start at the top again. Null: one cycle as long as the stage.
       */
      restarts?: null | {
        /**
         * Length of the first cycle.
         */
        after: Duration;
        /**
         * Each cycle is this many times as long as the one before.
         */
        lengthFactor?: number;
        /**
         * Each cycle starts at this share of where the one before started.
         */
        peakFactor?: number;
      };
      warmUp?: WarmUp;
    }
  | {
      /**
       * `oneCycle`: rises to the stage's learning rate and falls far below where it began (Smith, arXiv:1803.09820), as PyTorch's OneCycleLR. It has no `warmUp`, because it begins with a rise.
       */
      name: 'oneCycle';
      /**
       * Length of the rise.
       */
      rise?: Duration;
      /**
       * Share of the learning rate at the first step.
       */
      startFactor?: number;
      /**
       * Share of the learning rate at the last step.
       */
      endFactor?: number;
      /**
       * Shape of rise and fall: half a `cosine`, or `linear`.
       */
      annealing?: 'cosine' | 'linear';
      /**
       * Whether the learning rate falls back to where it began in as many steps as it rose, and then on to `endFactor` in the rest of the stage.
       */
      threePhase?: boolean;
      /**
       * Momentum of `sgd` and `rmsprop`, or `beta1` of `adam` and `adamw`, which moves against the learning rate. Null: the optimizer's own.
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
       * `cyclic`: linearly up and down, again and again (Smith, arXiv:1506.01186), as PyTorch's CyclicLR.
       */
      name: 'cyclic';
      /**
       * Height of the cycles. `triangular`: all the same. `triangular2`: each half as high as the one before. `expRange`: multiplied by `gamma` at each step.
       */
      mode?: 'triangular' | 'triangular2' | 'expRange';
      /**
       * Share of the learning rate at the bottom of a cycle.
       */
      baseFactor?: number;
      /**
       * Length of the rise of a cycle.
       */
      stepUp?: Duration;
      /**
       * Length of the fall of a cycle. Null: as long as the rise.
       */
      stepDown?: null | Duration;
      /**
       * Factor of `mode: expRange`, by which the height is multiplied at each step.
       */
      gamma?: number;
      /**
       * Momentum of `sgd` and `rmsprop`, or `beta1` of `adam` and `adamw`, which moves against the learning rate. Null: the optimizer's own.
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
 * Linear rise of the learning rate at the start of the stage, as PyTorch's LinearLR. The policy begins when it ends. Null: none.
 */
type WarmUp =
  | null
  | {
      /**
       * Number of training steps.
       */
      steps: number;
      /**
       * Share of the policy's first learning rate at the first step.
       */
      startFactor?: number;
    }
  | {
      /**
       * Number of epochs, rounded to whole steps.
       */
      epochs: number;
      /**
       * Share of the policy's first learning rate at the first step.
       */
      startFactor?: number;
    }
  | {
      /**
       * Share of the steps of the stage, rounded to whole steps.
       */
      share: number;
      /**
       * Share of the policy's first learning rate at the first step.
       */
      startFactor?: number;
    };
/**
 * A length of time: a number of steps, a number of epochs, or a share of the stage.
 */
type Duration =
  | {
      /**
       * Number of training steps.
       */
      steps: number;
    }
  | {
      /**
       * Number of epochs, rounded to whole steps.
       */
      epochs: number;
    }
  | {
      /**
       * Share of the steps of the stage, rounded to whole steps.
       */
      share: number;
    };
/**
 * Probability that an image is changed.
 */
type Probability = number;
/**
 * What becomes of rows that do not fill a last batch. `even`: all batches of an epoch get as many rows, give or take one. `short`: the last one has what is left, as in Keras and PyTorch; a batch of a few rows is a whole update, and its batch norms are those of a few rows. `drop`: they are left out, others in every epoch.
 */
type LastBatch = 'even' | 'short' | 'drop';
/**
 * The learning rate of this part is multiplied by this.
 */
type LearningRateFactor = number;
/**
 * Metric of the validation rows. `loss`: lower is better. The others are means over the heads, and higher is better.
 */
type SelectionMetric = 'loss' | 'accuracy' | 'balancedAccuracy' | 'macroF1' | 'auc';

/**
 * One experiment: a table of labelled images, a network with one head for each attribute, and a schedule of training stages.
 */
export interface Experiment {
  /**
   * Path of the file that this one starts from, relative to this file. Maps are merged key by key. Lists and single values replace those of the other file, and so does a map that names another variant, as an optimizer another `name`. `!replace` before a map replaces the other file's as a whole; `key: !remove` takes a key away.
   */
  extends?: string;
  /**
   * Name of the experiment. It becomes part of the run's folder name and the name of the run in MLflow.
   */
  name: string;
  /**
   * What the experiment tries, in Markdown. MLflow shows it as the run's description.
   */
  description?: string;
  /**
   * Seed of everything random in training: initial weights, order of the rows, augmentation, dropout. The same seed gives the same weights on the same machine. The split has its own seed.
   */
  seed?: number;
  dataset: Dataset;
  model?: Model;
  loss?: Loss;
  optimizer?: Optimizer;
  /**
   * How the learning rate changes over the steps of a stage. A stage that has a policy of its own does not use this one.
   */
  learningRatePolicy?: LearningRatePolicy;
  /**
   * Random changes to every training image. A stage that has augmentation of its own does not use this one.
   */
  augmentation?: Augmentation;
  /**
   * What becomes of rows that do not fill a last batch. A stage may say it for itself.
   */
  lastBatch?: LastBatch;
  /**
   * The training schedule. Stages run one after the other. Each starts from the weights of the one before it and with a new optimizer.
   *
   * @minItems 1
   * @maxItems 1000
   */
  stages: Stage[];
  execution?: Execution;
  tracking?: Tracking;
}
/**
 * A table with one row for each image and one column for each attribute, and the folder of the images.
 */
interface Dataset {
  /**
   * Path of a CSV file in UTF-8 with a header line, relative to this file.
   */
  table: string;
  /**
   * Folder that the paths in the image column start from, relative to this file. The images are JPEG, PNG, WebP, GIF, TIFF or AVIF, whatever their names end in; of several pictures in a file the first counts. SVG, HEIC and others are bad images.
   */
  images: string;
  /**
   * Column of the table with the path of each image.
   */
  imageColumn?: string;
  /**
   * Character between two columns of the table.
   */
  delimiter?: string;
  /**
   * The attributes to learn, each with a head of its own. The key is the name of the head.
   */
  attributes: {
    [k: string]: Attribute;
  };
  /**
   * Cells that mean "not known", besides the empty cell. A row without a label counts for the other heads, but not for the loss and metrics of this one. The word `None` is a class unless it is listed here.
   */
  missing?: string[];
  split?: Split;
  /**
   * How pixel values are scaled. `dataset`: subtract the mean of each channel and divide by its standard deviation, both measured on the training rows. `imagenet`: the same with the values of ImageNet. `perImage`: each image by its own mean and standard deviation, taken over all pixels and channels after augmentation. `unit`: divide by 255. A map gives `mean` and `std` by hand.
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
         * Standard deviation of the red, green and blue channel, above 0 and at most 255.
         *
         * @minItems 3
         * @maxItems 3
         */
        std: number[];
      };
  /**
   * How an image that is not square becomes square. `stretch`: both sides are scaled to the same length, as in the article. `crop`: the middle is kept. `pad`: black bars are added.
   */
  fit?: 'stretch' | 'crop' | 'pad';
  /**
   * Where the images are kept during training. No result depends on it. `file`: the cache file is mapped into memory. A step reads only the images that it needs, the data may be larger than the memory, and several processes share one copy. `memory`: all images are read once into the memory of the device. `auto`: `memory` on a GPU if the images take at most 4 GB, otherwise `file`.
   */
  residence?: 'auto' | 'memory' | 'file';
  /**
   * Whether the table may name images outside the folder `images`: by an absolute path, by `..`, or by a link that leads out of it. Otherwise such rows are errors.
   */
  allowOutside?: boolean;
  /**
   * What to do about an image that is bad: it is missing, of a format that is not read, or its decoder has anything to say against its pixels, also where it would make up what is missing. `stop`: list all such images and stop. `skip`: list them and leave their rows out.
   */
  onBadImage?: 'stop' | 'skip';
}
/**
 * Which rows are for training, validation and testing: shares of the rows, drawn at random, folds of cross-validation, or what a column of the table says.
 */
interface Split {
  /**
   * Share of all rows that is for validation. Not used with `folds` or `column`. `null` takes it away from a base.
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
   * Heads whose classes have the same shares in every part and fold. With `groupBy`, as nearly as whole groups allow.
   */
  stratifyBy?: string[];
  /**
   * Column of the table that says which rows belong together. Rows with the same value are always in one part or fold, for example photographs of one person. A row with an empty cell is a group of its own.
   */
  groupBy?: string | null;
  /**
   * What becomes of an image that stands in several rows. `together`: all of its rows are in one part or fold. `apart`: each row is drawn for itself, and a network is asked in validation what it has seen in training. Not used with `column`.
   */
  repeatedImages?: 'together' | 'apart';
  /**
   * Column of the table that says `train`, `validation` or `test` for each row, in place of the draw. Rows with any other word are left out.
   */
  column?: string | null;
}
/**
 * Backbone, pooling, and the layers that each head has for itself.
 */
interface Model {
  backbone?: Backbone;
  /**
   * How feature maps become features. `gap`: the mean of each map. `gmp`: its maximum. `gem`: its generalised mean, with one exponent for all maps that starts at 3 and is trained with the tower (Radenović et al., arXiv:1711.02512). Several are concatenated in the order given.
   *
   * @minItems 1
   */
  pooling?: ('gap' | 'gmp' | 'gem')[];
  /**
   * Layers between the pooled features and the outputs of a head. Every head has its own copy.
   */
  tower?: TowerLayer[];
  /**
   * Towers of single heads, by head, in place of `tower`.
   */
  towers?: {
    [k: string]: TowerLayer[];
  };
  /**
   * Initial weights of the heads' outputs.
   */
  headInitializer?: Initializer;
  /**
   * Weights to start from. Null: all weights are drawn from the seed.
   */
  weights?: null | {
    /**
     * Path of a file of weights, relative to this file. Three kinds are read: a checkpoint of an earlier run (`runs/…/checkpoint/best.safetensors`); safetensors with PyTorch's names, which are timm's for `resnext50` and `inceptionv4`; and `.weights.h5`, `.h5` and `.keras` files of Keras. Weights are matched by name, never by order.
     */
    file: string;
    /**
     * Parts of the network whose weights come from the file. The others are drawn from the seed.
     *
     * @minItems 1
     */
    parts?: ('backbone' | 'tower' | 'heads')[];
    /**
     * What to do if the file lacks a weight of these parts. `stop`: list the missing weights and stop. `initialize`: draw them from the seed. A weight of the wrong shape always stops.
     */
    onMissing?: 'stop' | 'initialize';
  };
}
/**
 * Loss of single heads, by head, with the keys `type`, `labelSmoothing` and `gamma`.
 */
interface LossHeads {
  [k: string]: HeadLoss;
}
/**
 * Random changes to a training image. They are drawn from the seed, the stage, the epoch and the row, so that the machine and a restart do not matter. They are applied in this order. First, in one resampling: random-resized crop, shift, shear, rotation, zoom, flips, and the geometric operations of trivialAugment or randAugment. Then the colour operations of these two; brightness, contrast, saturation, hue, grayscale, blur, noise. Then, on the normalised image: random erasing, coarse dropout, and mixing with another image.
 */
interface Augmentation {
  /**
   * How much of all the augmentation is applied: a number for the whole stage, or `from` and `to` for a strength that changes from epoch to epoch. Strength multiplies amounts: shares, degrees, sigma, stddev, the areas of randomErasing, the size of coarseDropout. It multiplies the probability of flips, grayscale, mixUp and cutMix; other probabilities stay. The scale of randomResizedCrop becomes 1 - strength × (1 - scale), and its ratio is raised to the power of strength. The level of trivialAugment and randAugment is multiplied, and for their AutoContrast and Equalize, which have no level, the probability.
   */
  strength?:
    | number
    | {
        /**
         * Strength in the first epoch of the stage. Between `from` and `to` it changes linearly from epoch to epoch.
         */
        from: number;
        /**
         * Strength in the last epoch of the stage. A stage that stops early does not reach it. A stage of one epoch has this strength.
         */
        to: number;
      };
  /**
   * Probability of mirroring the image left to right.
   */
  horizontalFlip?: number;
  /**
   * Probability of mirroring the image top to bottom.
   */
  verticalFlip?: number;
  /**
   * Random shift along each side, as a share of that side.
   */
  shift?: {
    /**
     * Largest shift to the left or right, as a share of the width.
     */
    x?: number;
    /**
     * Largest shift up or down, as a share of the height.
     */
    y?: number;
    probability?: Probability;
  };
  /**
   * Width and height are scaled by two factors, drawn uniformly from 1 - zoom to 1 + zoom. A factor below 1 enlarges. A number, or a map with `amount` and `probability`.
   */
  zoom?:
    | number
    | {
        /**
         * Factors are drawn from 1 - amount to 1 + amount.
         */
        amount: number;
        probability?: Probability;
      };
  /**
   * Largest angle of a rotation about the centre, in degrees, to either side. A number, or a map with `degrees` and `probability`.
   */
  rotate?:
    | number
    | {
        /**
         * Largest angle in degrees, to either side.
         */
        degrees: number;
        probability?: Probability;
      };
  /**
   * Shear about the centre, as torchvision's `affine`.
   */
  shear?: {
    /**
     * Largest angle by which vertical lines lean, in degrees, to either side.
     */
    x?: number;
    /**
     * Largest angle by which horizontal lines lean, in degrees, to either side.
     */
    y?: number;
    probability?: Probability;
  };
  /**
   * Shows a random part of the image, drawn as by torchvision's `RandomResizedCrop` (Szegedy et al., arXiv:1409.4842), but not rounded to whole pixels. Null: none.
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
     * Smallest and largest ratio of the part's width to its height, above 0. Its logarithm is uniform. If none of ten draws fits into the image, the largest part in the middle is shown.
     *
     * @minItems 2
     * @maxItems 2
     */
    ratio?: number[];
    probability?: Probability;
  };
  /**
   * What is beyond the edge of the image. `nearest`: the pixel at the edge. `constant`: `fillValue`. `reflect`: the mirror image. `wrap`: the opposite side.
   */
  fillMode?: 'nearest' | 'constant' | 'reflect' | 'wrap';
  /**
   * Value of all three channels beyond the edge with `fillMode: constant`, from 0 (black) to 255 (white).
   */
  fillValue?: number;
  /**
   * One random operation for each image, at a random level from 0 to 30 (Müller and Hutter, arXiv:2103.10158), as torchvision's `TrivialAugmentWide`. All 14 operations are equally likely: Identity, ShearX, ShearY, TranslateX, TranslateY, Rotate, Brightness, Color, Contrast, Sharpness, Posterize, Solarize, AutoContrast, Equalize. At level 30 the tangent of a shear is 0.99, a shift is 1/7 of the side at any image size (torchvision: 32 pixels), a rotation is 135 degrees, a factor is 0.01 or 1.99, Posterize leaves 2 bits, and Solarize inverts the whole image. What lies beyond the edge is filled as `fillMode` says. Not together with randAugment. Null: none.
   */
  trivialAugment?: null | {
    probability?: Probability;
  };
  /**
   * Several random operations for each image, one after the other, at one level (Cubuk et al., arXiv:1909.13719), as torchvision's `RandAugment`. The 14 operations are those of trivialAugment, all equally likely, and one may come twice. At level 30 the tangent of a shear is 0.3, a shift is 150/331 of the side, a rotation is 30 degrees, a factor is 0.1 or 1.9, Posterize leaves 4 bits, and Solarize inverts the whole image. Geometric operations come first, in the one resampling; what lies beyond the edge is filled as `fillMode` says. Not together with trivialAugment. Null: none.
   */
  randAugment?: null | {
    /**
     * Number of operations for each image. Each costs time.
     */
    operations?: number;
    /**
     * Level of all operations. AutoContrast and Equalize have no level, and are applied even at 0.
     */
    magnitude?: number;
    probability?: Probability;
  };
  /**
   * Values are multiplied by a factor from 1 - brightness to 1 + brightness, at least 0, as in torchvision's `ColorJitter`, and clipped to 0 and 255. A number, or a map with `amount` and `probability`.
   */
  brightness?:
    | number
    | {
        /**
         * The same as the number alone.
         */
        amount: number;
        probability?: Probability;
      };
  /**
   * The image is blended with its mean grey, by a factor from 1 - contrast to 1 + contrast, at least 0, as in torchvision's `ColorJitter`. A number, or a map with `amount` and `probability`.
   */
  contrast?:
    | number
    | {
        /**
         * The same as the number alone.
         */
        amount: number;
        probability?: Probability;
      };
  /**
   * The image is blended with its own greyscale, by a factor from 1 - saturation to 1 + saturation, at least 0, as in torchvision's `ColorJitter`. A number, or a map with `amount` and `probability`.
   */
  saturation?:
    | number
    | {
        /**
         * The same as the number alone.
         */
        amount: number;
        probability?: Probability;
      };
  /**
   * Largest turn of the hue to either side, as a share of the circle, as in torchvision's `ColorJitter`. A number, or a map with `amount` and `probability`.
   */
  hue?:
    | number
    | {
        /**
         * The same as the number alone, up to half of the circle.
         */
        amount: number;
        probability?: Probability;
      };
  /**
   * Probability that the image becomes grey, as torchvision's `RandomGrayscale`.
   */
  grayscale?: number;
  /**
   * Gaussian blur, as torchvision's `GaussianBlur`. The kernel reaches three times the largest standard deviation to each side. Null: none.
   */
  gaussianBlur?: null | {
    /**
     * Smallest and largest standard deviation, in pixels of the image that the network sees, above 0 and at most 10.
     *
     * @minItems 2
     * @maxItems 2
     */
    sigma?: number[];
    probability?: Probability;
  };
  /**
   * Normal noise on each pixel and channel, as torchvision's `GaussianNoise`. Values are clipped to 0 and 255. Null: none.
   */
  gaussianNoise?: null | {
    /**
     * Smallest and largest standard deviation, 0 to 255.
     *
     * @minItems 2
     * @maxItems 2
     */
    stddev?: number[];
    probability?: Probability;
  };
  /**
   * One rectangle is painted over the normalised image (Zhong et al., arXiv:1708.04896). Null: none.
   */
  randomErasing?: null | {
    /**
     * Probability that an image gets a rectangle.
     */
    probability?: number;
    /**
     * Smallest share of the image that the rectangle covers.
     */
    areaMin?: number;
    /**
     * Largest share of the image that the rectangle covers.
     */
    areaMax?: number;
    /**
     * Smallest ratio of the rectangle's height to its width.
     */
    aspectMin?: number;
    /**
     * Largest ratio of the rectangle's height to its width. With 1, rectangles are never taller than wide.
     */
    aspectMax?: number;
    /**
     * Smallest value that the whole rectangle is painted with, in units of the normalised image.
     */
    valueMin?: number;
    /**
     * Largest value that the whole rectangle is painted with. The value is drawn uniformly between the two.
     */
    valueMax?: number;
  };
  /**
   * Several rectangles are painted over the normalised image (DeVries and Taylor, arXiv:1708.04552, in the form of imgaug and albumentations). Null: none.
   */
  coarseDropout?: null | {
    /**
     * Smallest and largest number of rectangles, 1 to 256.
     *
     * @minItems 2
     * @maxItems 2
     */
    holes?: number[];
    /**
     * Smallest and largest side of a rectangle, as a share of the image's side, above 0 and at most 1. Height and width are drawn separately and rounded to whole pixels, at least one. Rectangles lie inside the image.
     *
     * @minItems 2
     * @maxItems 2
     */
    size?: number[];
    /**
     * Value that is painted, in units of the normalised image. 0 is the mean colour.
     */
    value?: number;
    probability?: Probability;
  };
  /**
   * Mixes an image and its labels with another image of the batch: share × image + (1 - share) × other (Zhang et al., arXiv:1710.09412). Each image has its own share. Null: none.
   */
  mixUp?: null | {
    /**
     * The share is drawn from Beta(alpha, alpha). With a small alpha it is mostly near 0 or 1.
     */
    alpha?: number;
    probability?: Probability;
  };
  /**
   * Pastes a rectangle of another image of the batch into the image, and mixes the labels by its area (Yun et al., arXiv:1905.04899). An image that is drawn for mixUp too gets only this one. Null: none.
   */
  cutMix?: null | {
    /**
     * The share of the image that stays is drawn from Beta(alpha, alpha). Labels are mixed by the area that lies inside the image.
     */
    alpha?: number;
    probability?: Probability;
  };
}
/**
 * One stage of the schedule. Its own loss, optimizer, policy and augmentation replace those of the experiment as a whole.
 */
interface Stage {
  /**
   * Name of the stage. No two stages have the same name.
   */
  name: string;
  /**
   * Width and height of the images that the network sees, in pixels.
   */
  imageSize: number;
  /**
   * Passes over the training rows, at most. Early stopping may end the stage sooner.
   */
  epochs: number;
  /**
   * Images in one training step, at most: see `lastBatch`. Evaluation uses the same number.
   */
  batchSize?: number;
  /**
   * Training steps in one epoch, at most as many as the training rows fill. Null: all rows. Where they are fewer than the rows fill, each has `batchSize` rows, others in every epoch.
   */
  stepsPerEpoch?: number | null;
  /**
   * What becomes of this stage's rows that do not fill a last batch, in place of the experiment's.
   */
  lastBatch?: LastBatch;
  /**
   * Parts of the network that are trained. The others are frozen: their weights and their batch-norm statistics do not change.
   *
   * @minItems 1
   */
  trainable?: ('backbone' | 'tower' | 'heads')[];
  /**
   * Rate of all dropout layers of all towers in this stage, 0 for none. Null: the rates of the towers.
   */
  dropout?: number | null;
  /**
   * Stochastic depth of the backbone in this stage, 0 for none. Null: the value of the backbone.
   */
  stochasticDepth?: number | null;
  /**
   * Learning rate of this stage, in place of the optimizer's. With a policy that changes it, this is the highest one.
   */
  learningRate?: LearningRate;
  /**
   * Policy of this stage, in place of the experiment's.
   */
  learningRatePolicy?: LearningRatePolicy;
  /**
   * Learning rate of each part of the network, as a multiple of the stage's.
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
   * Ends the stage when a metric of the validation rows has stopped improving. Null: never.
   */
  earlyStopping?: null | {
    metric?: SelectionMetric;
    /**
     * Epochs without an improvement after which the stage ends.
     */
    patience?: number;
    /**
     * An improvement must be larger than this.
     */
    minDelta?: number;
  };
  /**
   * Lowers the learning rate when a metric of the validation rows has stopped improving. Only with the policy `constant`. Null: never.
   */
  reduceOnPlateau?: null | {
    metric?: SelectionMetric;
    /**
     * The learning rate is multiplied by this.
     */
    factor?: number;
    /**
     * Epochs without an improvement after which the learning rate is lowered.
     */
    patience?: number;
    /**
     * An improvement must be larger than this.
     */
    minDelta?: number;
    /**
     * The learning rate is never lowered below this.
     */
    minLearningRate?: number;
  };
  /**
   * Whether the stage ends with the weights of its best epoch, or with those of its last.
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
   * Device that TensorFlow computes on. `auto`: the first GPU that TensorFlow sees, otherwise the CPU. `cpu`: the CPU, even if there is a GPU. `gpu:0`, `gpu:1`, …: that NVIDIA GPU, counted among those of `CUDA_VISIBLE_DEVICES` if it is set. A run that does not find it stops.
   */
  device?: string;
  /**
   * Whether TensorFlow takes GPU memory as it needs it, instead of nearly all of it at the start, so that several processes fit on one GPU. `false` leaves the choice to the variable `TF_FORCE_GPU_ALLOW_GROWTH`. It has no effect on a CPU, and is not part of the plan's hash.
   */
  memoryGrowth?: boolean;
  /**
   * Whether training steps are compiled with XLA, TensorFlow's compiler. Resampling, our own kernels and random numbers are not compiled. Compiling takes a minute or more at the start of each stage, and sums may be rounded differently. It is not part of the plan's hash.
   */
  xla?: boolean;
  /**
   * Minutes after which a checkpoint is also written within an epoch, between two steps; at the end of an epoch there always is one. No result depends on it, and it is not part of the plan's hash.
   */
  checkpointEvery?: number;
  /**
   * Number format of feature maps and convolutions. Weights, optimizer, batch-norm statistics, pooled features, towers, heads and loss are always float32. `bfloat16`: mixed precision with half the memory for feature maps. It is faster on processors with AVX-512 BF16 or AMX, and slower on others. It keeps 8 of the 24 bits of float32, so that a loss differs in its third digit. `float16`: mixed precision with 11 bits and a range from 6e-8 to 65504. The loss is scaled before gradients are taken: the scale starts at 2^15 in each stage, is halved after a step that overflows, which is skipped, and is doubled after 2000 steps that do not. It is meant for GPUs, and several times slower than `float32` on processors without AVX-512 FP16.
   */
  precision?: 'float32' | 'bfloat16' | 'float16';
}
/**
 * Where metrics are sent, besides the run's own folder. The variable `MLFLOW_TRACKING_URI` replaces `mlflow.uri`.
 */
interface Tracking {
  /**
   * The MLflow server and the experiment on it.
   */
  mlflow?: {
    /**
     * Address of an MLflow server, `http` or `https`. Null: metrics stay in `runs/` until `run ui` or `run sync` sends them.
     */
    uri?: string | null;
    /**
     * Name of the MLflow experiment that the run belongs to.
     */
    experiment?: string;
    /**
     * Name in MLflow's model registry. The model of a finished run becomes its newest version; the best of a sweep gets the alias `best`. Null: it is logged, and not registered.
     */
    register?: string | null;
  };
}

/**
 * One attribute: a list of its classes, or nothing for the classes that are found in the table, sorted, or a map with these keys.
 */
type ResolvedAttribute =
  | null
  | ResolvedClasses
  | {
      /**
       * Column of the table with the labels. Without it, the column has the name of the head.
       */
      column?: string;
      classes?: ResolvedClasses;
      /**
       * Whether the classes have an order, from low to high. The mean absolute error in classes is then measured, and the loss `ordinal` may be used.
       */
      ordinal: boolean;
    };
/**
 * Names of the classes, in the order of the head's outputs. Every label in the table must be one of them. Without it, the classes are those found in the table, sorted.
 *
 * @minItems 2
 */
type ResolvedClasses = string[];
/**
 * The network that turns an image into feature maps. Its weights are drawn from the seed unless `model.weights` names a file.
 */
type ResolvedBackbone =
  | {
      /**
       * `densenet121`: DenseNet with 121 layers, as keras.applications defines it (Huang et al., arXiv:1608.06993).
       */
      name: 'densenet121';
      initializer: ResolvedInitializer;
    }
  | {
      /**
       * `densenet169`: DenseNet with 169 layers, as keras.applications defines it.
       */
      name: 'densenet169';
      initializer: ResolvedInitializer;
    }
  | {
      /**
       * `densenet201`: DenseNet with 201 layers, as keras.applications defines it.
       */
      name: 'densenet201';
      initializer: ResolvedInitializer;
    }
  | {
      /**
       * `densenet`: a DenseNet of any size.
       */
      name: 'densenet';
      /**
       * Number of layers in each dense block, one to six blocks. DenseNet121 is [6, 12, 24, 16].
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
       * The first layers. `imagenet`: a 7×7 convolution with stride 2, then 3×3 max pooling with stride 2. `small`: one 3×3 convolution with stride 1, for images of up to about 64 pixels.
       */
      stem: 'imagenet' | 'small';
      initializer: ResolvedInitializer;
    }
  | {
      /**
       * `resnet50`: ResNet with 50 layers, as keras.applications defines it (He et al., arXiv:1512.03385).
       */
      name: 'resnet50';
      zeroGamma: ResolvedZeroGamma;
      initializer: ResolvedInitializer;
    }
  | {
      /**
       * `resnet101`: ResNet with 101 layers, as keras.applications defines it.
       */
      name: 'resnet101';
      zeroGamma: ResolvedZeroGamma;
      initializer: ResolvedInitializer;
    }
  | {
      /**
       * `resnext50`: ResNeXt50 with 32 groups of 4 channels, as timm's resnext50_32x4d (Xie et al., arXiv:1611.05431).
       */
      name: 'resnext50';
      zeroGamma: ResolvedZeroGamma;
      initializer: ResolvedInitializer;
    }
  | {
      /**
       * `efficientnetb0`: EfficientNet-B0 as keras.applications defines it (Tan and Le, arXiv:1905.11946), without the input normalisation of Keras.
       */
      name: 'efficientnetb0';
      stochasticDepth: ResolvedStochasticDepth;
      initializer: ResolvedInitializer;
    }
  | {
      /**
       * `efficientnetb1`: EfficientNet-B1, deeper than B0.
       */
      name: 'efficientnetb1';
      stochasticDepth: ResolvedStochasticDepth;
      initializer: ResolvedInitializer;
    }
  | {
      /**
       * `efficientnetb2`: EfficientNet-B2, deeper and wider than B0.
       */
      name: 'efficientnetb2';
      stochasticDepth: ResolvedStochasticDepth;
      initializer: ResolvedInitializer;
    }
  | {
      /**
       * `efficientnetb3`: EfficientNet-B3, deeper and wider than B2.
       */
      name: 'efficientnetb3';
      stochasticDepth: ResolvedStochasticDepth;
      initializer: ResolvedInitializer;
    }
  | {
      /**
       * `inceptionv4`: Inception v4 as timm's inception_v4 (Szegedy et al., arXiv:1602.07261). It takes images of at least 75 pixels.
       */
      name: 'inceptionv4';
      initializer: ResolvedInitializer;
    };
/**
 * Initial weights of kernels, as Keras defines them. Normal distributions are truncated at two standard deviations. `glorotUniform`, `glorotNormal`: variance 2 / (inputs + outputs) (Glorot and Bengio 2010). `heUniform`, `heNormal`: variance 2 / inputs, for ReLU (He et al., arXiv:1502.01852). `heNormalFanOut`: variance 2 / outputs. `lecunUniform`, `lecunNormal`: variance 1 / inputs. `orthogonal`: orthonormal rows or columns (Saxe et al., arXiv:1312.6120). `{ truncatedNormal: 0.05 }`: a truncated normal with this standard deviation.
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
       * Standard deviation of the normal distribution before it is truncated. Keras's default is 0.05.
       */
      truncatedNormal: number;
    };
/**
 * Whether the last batch norm of each residual block starts with a gamma of 0, so that the block starts as its shortcut (Goyal et al., arXiv:1706.02677, section 5.1).
 */
type ResolvedZeroGamma = boolean;
/**
 * Probability that the last residual block is skipped for an image in a training step. It rises linearly from 0 at the first block (Huang et al., arXiv:1603.09382).
 */
type ResolvedStochasticDepth = number;
/**
 * One layer: `batchNorm`, `{ dropout: rate }`, `{ dense: units }` or `{ activation: relu }`.
 */
type ResolvedTowerLayer =
  | 'batchNorm'
  | {
      /**
       * Dropout layer: the share of the features that a training step sets to zero.
       */
      dropout: number;
    }
  | {
      /**
       * Fully connected layer: the number of its units.
       */
      dense: number;
      /**
       * Activation after the fully connected layer: `relu`, `swish` (x · sigmoid(x), arXiv:1710.05941), `gelu` (x · Φ(x), arXiv:1606.08415), or `linear` for none.
       */
      activation: 'relu' | 'swish' | 'gelu' | 'linear';
      /**
       * Initial weights of the fully connected layer.
       */
      initializer: ResolvedInitializer;
    }
  | {
      /**
       * Activation as a layer of its own, for example after a batch norm.
       */
      activation: 'relu' | 'swish' | 'gelu';
    };
/**
 * Loss of every head, and the weights of heads and classes. The loss of a head is the weighted mean over the rows that have a label. The loss of the network is the weighted sum over the heads.
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
       * `focal`: cross entropy times (1 - probability)^gamma, so that rows that are right already count little (Lin et al., arXiv:1708.02002).
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
       * `ordinal`: CORN (Shi, Cao and Raschka, arXiv:2111.08851), for heads that are declared `ordinal`. A head of K classes has K - 1 outputs. Output j says whether the class is above class j, given that it is class j or higher.
       */
      type: 'ordinal';
      heads: ResolvedLossHeads;
      headWeights: ResolvedHeadWeights;
      classWeights: ResolvedClassWeights;
    };
/**
 * Share of a label that is spread evenly over all classes, its own included, as in Keras (Szegedy et al., arXiv:1512.00567).
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
 * Exponent of the focal loss. With 0 it is plain cross entropy. The larger, the less a row counts that is right already.
 */
type ResolvedGamma = number;
/**
 * Weight of each head's loss in the sum, by head, 1 for a head that is not named. `uncertainty`: the weights are learned (Kendall, Gal and Cipolla, arXiv:1705.07115). Each head has a log-variance s that starts at 0 and is trained by the stage's optimizer, and adds exp(-s) × loss + s / 2.
 */
type ResolvedHeadWeights =
  | 'uncertainty'
  | {
      [k: string]: number;
    };
/**
 * Weight of a row in its head's loss, by its class. `none`: all 1. `balanced`: rows / (classes × rows of the class), counted on the training rows, so that every class counts the same. `effectiveNumber`: proportional to (1 - beta) / (1 - beta^rows of the class), with the number of classes as their sum (Cui et al., arXiv:1901.05555). A map gives, by head, one of these words or weights by class: `{ kids: balanced, garment: { Hat: 2 } }`. A head or class that is not named has the weight 1.
 */
type ResolvedClassWeights =
  | ('none' | 'balanced' | 'effectiveNumber')
  | {
      /**
       * `effectiveNumber` with a beta of your own.
       */
      effectiveNumber: {
        /**
         * How closely the weights follow the number of rows: not at all with 0, as `balanced` near 1.
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
       * `adam`: Adam (Kingma and Ba, arXiv:1412.6980), as Keras defines it: `epsilon` is the paper's epsilon-hat.
       */
      name: 'adam';
      learningRate: ResolvedLearningRate;
      /**
       * Decay of the moving mean of the gradients.
       */
      beta1: number;
      /**
       * Decay of the moving mean of the squared gradients.
       */
      beta2: number;
      /**
       * Added to the square root in the denominator.
       */
      epsilon: number;
      weightDecay: ResolvedWeightDecay;
      clipNorm: ResolvedClipNorm;
      averageWeights: ResolvedAverageWeights;
      accumulateGradients: ResolvedAccumulateGradients;
    }
  | {
      /**
       * `adamw`: Adam with decoupled weight decay (Loshchilov and Hutter, arXiv:1711.05101).
       */
      name: 'adamw';
      learningRate: ResolvedLearningRate;
      /**
       * Decay of the moving mean of the gradients.
       */
      beta1: number;
      /**
       * Decay of the moving mean of the squared gradients.
       */
      beta2: number;
      /**
       * Added to the square root in the denominator.
       */
      epsilon: number;
      /**
       * Decoupled weight decay: before each update a kernel loses learning rate × this × itself. Norms and biases do not decay.
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
       * Share of the last update that is added to this one.
       */
      momentum: number;
      /**
       * Whether to use Nesterov momentum.
       */
      nesterov: boolean;
      weightDecay: ResolvedWeightDecay;
      clipNorm: ResolvedClipNorm;
      averageWeights: ResolvedAverageWeights;
      accumulateGradients: ResolvedAccumulateGradients;
    }
  | {
      /**
       * `rmsprop`: the gradient divided by the root of its mean square (Hinton 2012), as Keras defines it.
       */
      name: 'rmsprop';
      learningRate: ResolvedLearningRate;
      /**
       * Decay of the moving mean of the squared gradients.
       */
      rho: number;
      /**
       * Share of the last update that is added to this one.
       */
      momentum: number;
      /**
       * Added under the square root in the denominator.
       */
      epsilon: number;
      /**
       * Whether the squared mean gradient is subtracted from the mean square.
       */
      centered: boolean;
      weightDecay: ResolvedWeightDecay;
      clipNorm: ResolvedClipNorm;
      averageWeights: ResolvedAverageWeights;
      accumulateGradients: ResolvedAccumulateGradients;
    };
/**
 * Learning rate. With a policy that changes it, this is the highest one.
 */
type ResolvedLearningRate = number;
/**
 * L2 regularisation: this × weight is added to the gradient of every kernel, as PyTorch's `weight_decay`. Norms and biases do not decay. The loss that is shown does not include it.
 */
type ResolvedWeightDecay = number;
/**
 * Largest norm of all gradients together, as Keras's `global_clipnorm`. Gradients with a larger norm are scaled down to it, before weight decay. Null: no limit.
 */
type ResolvedClipNorm = number | null;
/**
 * Keeps a moving average of the weights and batch-norm statistics that the stage trains. Validation, the choice of the best epoch and the weights at the end of the stage use the average; training metrics use the weights themselves. Null: no average.
 */
type ResolvedAverageWeights = null | {
  /**
   * Share of the average that each update keeps.
   */
  decay: number;
};
/**
 * Batches whose mean gradient makes one update. The last update of an epoch takes the batches that are left.
 */
type ResolvedAccumulateGradients = number;
/**
 * How the learning rate changes over the steps of a stage. The stage's learning rate is the highest one, and factors are shares of it.
 */
type ResolvedLearningRatePolicy =
  | {
      /**
       * `constant`: the same learning rate at every step.
       */
      name: 'constant';
      warmUp: ResolvedWarmUp;
    }
  | {
      /**
       * `step`: multiplied by `factor` at regular intervals, as PyTorch's StepLR.
       */
      name: 'step';
      /**
       * Time between two changes, counted from the end of the warm-up.
       */
      every: ResolvedDuration;
      /**
       * The learning rate is multiplied by this at each change.
       */
      factor: number;
      warmUp: ResolvedWarmUp;
    }
  | {
      /**
       * `exponential`: decays smoothly, by `factor` within each interval, as Keras's ExponentialDecay.
       */
      name: 'exponential';
      /**
       * Time in which the learning rate is multiplied by `factor`.
       */
      every: ResolvedDuration;
      /**
       * The learning rate is multiplied by this within each interval.
       */
      factor: number;
      warmUp: ResolvedWarmUp;
    }
  | {
      /**
       * `polynomial`: falls to `endFactor` at the end of the stage, linearly with a `power` of 1, as Keras's PolynomialDecay.
       */
      name: 'polynomial';
      /**
       * Power of the share of the steps that is left.
       */
      power: number;
      /**
       * Share of the learning rate at the end of the stage.
       */
      endFactor: number;
      warmUp: ResolvedWarmUp;
    }
  | {
      /**
       * `cosine`: half a cosine down to `endFactor`, once or with `restarts` (Loshchilov and Hutter, SGDR, arXiv:1608.03983).
       */
      name: 'cosine';
      /**
       * Share of the learning rate at the end of a cycle.
       */
      endFactor: number;
      /**
       * Cycles that each start at the top again. Null: one cycle as long as the stage.
       */
      restarts: null | {
        /**
         * Length of the first cycle.
         */
        after: ResolvedDuration;
        /**
         * Each cycle is this many times as long as the one before.
         */
        lengthFactor: number;
        /**
         * Each cycle starts at this share of where the one before started.
         */
        peakFactor: number;
      };
      warmUp: ResolvedWarmUp;
    }
  | {
      /**
       * `oneCycle`: rises to the stage's learning rate and falls far below where it began (Smith, arXiv:1803.09820), as PyTorch's OneCycleLR. It has no `warmUp`, because it begins with a rise.
       */
      name: 'oneCycle';
      /**
       * Length of the rise.
       */
      rise: ResolvedDuration;
      /**
       * Share of the learning rate at the first step.
       */
      startFactor: number;
      /**
       * Share of the learning rate at the last step.
       */
      endFactor: number;
      /**
       * Shape of rise and fall: half a `cosine`, or `linear`.
       */
      annealing: 'cosine' | 'linear';
      /**
       * Whether the learning rate falls back to where it began in as many steps as it rose, and then on to `endFactor` in the rest of the stage.
       */
      threePhase: boolean;
      /**
       * Momentum of `sgd` and `rmsprop`, or `beta1` of `adam` and `adamw`, which moves against the learning rate. Null: the optimizer's own.
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
       * `cyclic`: linearly up and down, again and again (Smith, arXiv:1506.01186), as PyTorch's CyclicLR.
       */
      name: 'cyclic';
      /**
       * Height of the cycles. `triangular`: all the same. `triangular2`: each half as high as the one before. `expRange`: multiplied by `gamma` at each step.
       */
      mode: 'triangular' | 'triangular2' | 'expRange';
      /**
       * Share of the learning rate at the bottom of a cycle.
       */
      baseFactor: number;
      /**
       * Length of the rise of a cycle.
       */
      stepUp: ResolvedDuration;
      /**
       * Length of the fall of a cycle. Null: as long as the rise.
       */
      stepDown: null | ResolvedDuration;
      /**
       * Factor of `mode: expRange`, by which the height is multiplied at each step.
       */
      gamma: number;
      /**
       * Momentum of `sgd` and `rmsprop`, or `beta1` of `adam` and `adamw`, which moves against the learning rate. Null: the optimizer's own.
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
 * Linear rise of the learning rate at the start of the stage, as PyTorch's LinearLR. The policy begins when it ends. Null: none.
 */
type ResolvedWarmUp =
  | null
  | {
      /**
       * Number of training steps.
       */
      steps: number;
      /**
       * Share of the policy's first learning rate at the first step.
       */
      startFactor: number;
    }
  | {
      /**
       * Number of epochs, rounded to whole steps.
       */
      epochs: number;
      /**
       * Share of the policy's first learning rate at the first step.
       */
      startFactor: number;
    }
  | {
      /**
       * Share of the steps of the stage, rounded to whole steps.
       */
      share: number;
      /**
       * Share of the policy's first learning rate at the first step.
       */
      startFactor: number;
    };
/**
 * A length of time: a number of steps, a number of epochs, or a share of the stage.
 */
type ResolvedDuration =
  | {
      /**
       * Number of training steps.
       */
      steps: number;
    }
  | {
      /**
       * Number of epochs, rounded to whole steps.
       */
      epochs: number;
    }
  | {
      /**
       * Share of the steps of the stage, rounded to whole steps.
       */
      share: number;
    };
/**
 * Probability that an image is changed.
 */
type ResolvedProbability = number;
/**
 * What becomes of rows that do not fill a last batch. `even`: all batches of an epoch get as many rows, give or take one. `short`: the last one has what is left, as in Keras and PyTorch; a batch of a few rows is a whole update, and its batch norms are those of a few rows. `drop`: they are left out, others in every epoch.
 */
type ResolvedLastBatch = 'even' | 'short' | 'drop';
/**
 * The learning rate of this part is multiplied by this.
 */
type ResolvedLearningRateFactor = number;
/**
 * Metric of the validation rows. `loss`: lower is better. The others are means over the heads, and higher is better.
 */
type ResolvedSelectionMetric = 'loss' | 'accuracy' | 'balancedAccuracy' | 'macroF1' | 'auc';

/**
 * One experiment: a table of labelled images, a network with one head for each attribute, and a schedule of training stages.
 */
export interface ResolvedExperiment {
  /**
   * Path of the file that this one starts from, relative to this file. Maps are merged key by key. Lists and single values replace those of the other file, and so does a map that names another variant, as an optimizer another `name`. `!replace` before a map replaces the other file's as a whole; `key: !remove` takes a key away.
   */
  extends?: string;
  /**
   * Name of the experiment. It becomes part of the run's folder name and the name of the run in MLflow.
   */
  name: string;
  /**
   * What the experiment tries, in Markdown. MLflow shows it as the run's description.
   */
  description?: string;
  /**
   * Seed of everything random in training: initial weights, order of the rows, augmentation, dropout. The same seed gives the same weights on the same machine. The split has its own seed.
   */
  seed: number;
  dataset: ResolvedDataset;
  model: ResolvedModel;
  loss: ResolvedLoss;
  optimizer: ResolvedOptimizer;
  /**
   * How the learning rate changes over the steps of a stage. A stage that has a policy of its own does not use this one.
   */
  learningRatePolicy: ResolvedLearningRatePolicy;
  /**
   * Random changes to every training image. A stage that has augmentation of its own does not use this one.
   */
  augmentation: ResolvedAugmentation;
  /**
   * What becomes of rows that do not fill a last batch. A stage may say it for itself.
   */
  lastBatch: ResolvedLastBatch;
  /**
   * The training schedule. Stages run one after the other. Each starts from the weights of the one before it and with a new optimizer.
   *
   * @minItems 1
   * @maxItems 1000
   */
  stages: ResolvedStage[];
  execution: ResolvedExecution;
  tracking: ResolvedTracking;
}
/**
 * A table with one row for each image and one column for each attribute, and the folder of the images.
 */
interface ResolvedDataset {
  /**
   * Path of a CSV file in UTF-8 with a header line, relative to this file.
   */
  table: string;
  /**
   * Folder that the paths in the image column start from, relative to this file. The images are JPEG, PNG, WebP, GIF, TIFF or AVIF, whatever their names end in; of several pictures in a file the first counts. SVG, HEIC and others are bad images.
   */
  images: string;
  /**
   * Column of the table with the path of each image.
   */
  imageColumn: string;
  /**
   * Character between two columns of the table.
   */
  delimiter: string;
  /**
   * The attributes to learn, each with a head of its own. The key is the name of the head.
   */
  attributes: {
    [k: string]: ResolvedAttribute;
  };
  /**
   * Cells that mean "not known", besides the empty cell. A row without a label counts for the other heads, but not for the loss and metrics of this one. The word `None` is a class unless it is listed here.
   */
  missing: string[];
  split: ResolvedSplit;
  /**
   * How pixel values are scaled. `dataset`: subtract the mean of each channel and divide by its standard deviation, both measured on the training rows. `imagenet`: the same with the values of ImageNet. `perImage`: each image by its own mean and standard deviation, taken over all pixels and channels after augmentation. `unit`: divide by 255. A map gives `mean` and `std` by hand.
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
         * Standard deviation of the red, green and blue channel, above 0 and at most 255.
         *
         * @minItems 3
         * @maxItems 3
         */
        std: number[];
      };
  /**
   * How an image that is not square becomes square. `stretch`: both sides are scaled to the same length, as in the article. `crop`: the middle is kept. `pad`: black bars are added.
   */
  fit: 'stretch' | 'crop' | 'pad';
  /**
   * Where the images are kept during training. No result depends on it. `file`: the cache file is mapped into memory. A step reads only the images that it needs, the data may be larger than the memory, and several processes share one copy. `memory`: all images are read once into the memory of the device. `auto`: `memory` on a GPU if the images take at most 4 GB, otherwise `file`.
   */
  residence: 'auto' | 'memory' | 'file';
  /**
   * Whether the table may name images outside the folder `images`: by an absolute path, by `..`, or by a link that leads out of it. Otherwise such rows are errors.
   */
  allowOutside: boolean;
  /**
   * What to do about an image that is bad: it is missing, of a format that is not read, or its decoder has anything to say against its pixels, also where it would make up what is missing. `stop`: list all such images and stop. `skip`: list them and leave their rows out.
   */
  onBadImage: 'stop' | 'skip';
}
/**
 * Which rows are for training, validation and testing: shares of the rows, drawn at random, folds of cross-validation, or what a column of the table says.
 */
interface ResolvedSplit {
  /**
   * Share of all rows that is for validation. Not used with `folds` or `column`. `null` takes it away from a base.
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
   * Heads whose classes have the same shares in every part and fold. With `groupBy`, as nearly as whole groups allow.
   */
  stratifyBy: string[];
  /**
   * Column of the table that says which rows belong together. Rows with the same value are always in one part or fold, for example photographs of one person. A row with an empty cell is a group of its own.
   */
  groupBy: string | null;
  /**
   * What becomes of an image that stands in several rows. `together`: all of its rows are in one part or fold. `apart`: each row is drawn for itself, and a network is asked in validation what it has seen in training. Not used with `column`.
   */
  repeatedImages: 'together' | 'apart';
  /**
   * Column of the table that says `train`, `validation` or `test` for each row, in place of the draw. Rows with any other word are left out.
   */
  column: string | null;
}
/**
 * Backbone, pooling, and the layers that each head has for itself.
 */
interface ResolvedModel {
  backbone: ResolvedBackbone;
  /**
   * How feature maps become features. `gap`: the mean of each map. `gmp`: its maximum. `gem`: its generalised mean, with one exponent for all maps that starts at 3 and is trained with the tower (Radenović et al., arXiv:1711.02512). Several are concatenated in the order given.
   *
   * @minItems 1
   */
  pooling: ('gap' | 'gmp' | 'gem')[];
  /**
   * Layers between the pooled features and the outputs of a head. Every head has its own copy.
   */
  tower: ResolvedTowerLayer[];
  /**
   * Towers of single heads, by head, in place of `tower`.
   */
  towers: {
    [k: string]: ResolvedTowerLayer[];
  };
  /**
   * Initial weights of the heads' outputs.
   */
  headInitializer: ResolvedInitializer;
  /**
   * Weights to start from. Null: all weights are drawn from the seed.
   */
  weights: null | {
    /**
     * Path of a file of weights, relative to this file. Three kinds are read: a checkpoint of an earlier run (`runs/…/checkpoint/best.safetensors`); safetensors with PyTorch's names, which are timm's for `resnext50` and `inceptionv4`; and `.weights.h5`, `.h5` and `.keras` files of Keras. Weights are matched by name, never by order.
     */
    file: string;
    /**
     * Parts of the network whose weights come from the file. The others are drawn from the seed.
     *
     * @minItems 1
     */
    parts: ('backbone' | 'tower' | 'heads')[];
    /**
     * What to do if the file lacks a weight of these parts. `stop`: list the missing weights and stop. `initialize`: draw them from the seed. A weight of the wrong shape always stops.
     */
    onMissing: 'stop' | 'initialize';
  };
}
/**
 * Loss of single heads, by head, with the keys `type`, `labelSmoothing` and `gamma`.
 */
interface ResolvedLossHeads {
  [k: string]: ResolvedHeadLoss;
}
/**
 * Random changes to a training image. They are drawn from the seed, the stage, the epoch and the row, so that the machine and a restart do not matter. They are applied in this order. First, in one resampling: random-resized crop, shift, shear, rotation, zoom, flips, and the geometric operations of trivialAugment or randAugment. Then the colour operations of these two; brightness, contrast, saturation, hue, grayscale, blur, noise. Then, on the normalised image: random erasing, coarse dropout, and mixing with another image.
 */
interface ResolvedAugmentation {
  /**
   * How much of all the augmentation is applied: a number for the whole stage, or `from` and `to` for a strength that changes from epoch to epoch. Strength multiplies amounts: shares, degrees, sigma, stddev, the areas of randomErasing, the size of coarseDropout. It multiplies the probability of flips, grayscale, mixUp and cutMix; other probabilities stay. The scale of randomResizedCrop becomes 1 - strength × (1 - scale), and its ratio is raised to the power of strength. The level of trivialAugment and randAugment is multiplied, and for their AutoContrast and Equalize, which have no level, the probability.
   */
  strength:
    | number
    | {
        /**
         * Strength in the first epoch of the stage. Between `from` and `to` it changes linearly from epoch to epoch.
         */
        from: number;
        /**
         * Strength in the last epoch of the stage. A stage that stops early does not reach it. A stage of one epoch has this strength.
         */
        to: number;
      };
  /**
   * Probability of mirroring the image left to right.
   */
  horizontalFlip: number;
  /**
   * Probability of mirroring the image top to bottom.
   */
  verticalFlip: number;
  /**
   * Random shift along each side, as a share of that side.
   */
  shift: {
    /**
     * Largest shift to the left or right, as a share of the width.
     */
    x: number;
    /**
     * Largest shift up or down, as a share of the height.
     */
    y: number;
    probability: ResolvedProbability;
  };
  /**
   * Width and height are scaled by two factors, drawn uniformly from 1 - zoom to 1 + zoom. A factor below 1 enlarges. A number, or a map with `amount` and `probability`.
   */
  zoom:
    | number
    | {
        /**
         * Factors are drawn from 1 - amount to 1 + amount.
         */
        amount: number;
        probability: ResolvedProbability;
      };
  /**
   * Largest angle of a rotation about the centre, in degrees, to either side. A number, or a map with `degrees` and `probability`.
   */
  rotate:
    | number
    | {
        /**
         * Largest angle in degrees, to either side.
         */
        degrees: number;
        probability: ResolvedProbability;
      };
  /**
   * Shear about the centre, as torchvision's `affine`.
   */
  shear: {
    /**
     * Largest angle by which vertical lines lean, in degrees, to either side.
     */
    x: number;
    /**
     * Largest angle by which horizontal lines lean, in degrees, to either side.
     */
    y: number;
    probability: ResolvedProbability;
  };
  /**
   * Shows a random part of the image, drawn as by torchvision's `RandomResizedCrop` (Szegedy et al., arXiv:1409.4842), but not rounded to whole pixels. Null: none.
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
     * Smallest and largest ratio of the part's width to its height, above 0. Its logarithm is uniform. If none of ten draws fits into the image, the largest part in the middle is shown.
     *
     * @minItems 2
     * @maxItems 2
     */
    ratio: number[];
    probability: ResolvedProbability;
  };
  /**
   * What is beyond the edge of the image. `nearest`: the pixel at the edge. `constant`: `fillValue`. `reflect`: the mirror image. `wrap`: the opposite side.
   */
  fillMode: 'nearest' | 'constant' | 'reflect' | 'wrap';
  /**
   * Value of all three channels beyond the edge with `fillMode: constant`, from 0 (black) to 255 (white).
   */
  fillValue: number;
  /**
   * One random operation for each image, at a random level from 0 to 30 (Müller and Hutter, arXiv:2103.10158), as torchvision's `TrivialAugmentWide`. All 14 operations are equally likely: Identity, ShearX, ShearY, TranslateX, TranslateY, Rotate, Brightness, Color, Contrast, Sharpness, Posterize, Solarize, AutoContrast, Equalize. At level 30 the tangent of a shear is 0.99, a shift is 1/7 of the side at any image size (torchvision: 32 pixels), a rotation is 135 degrees, a factor is 0.01 or 1.99, Posterize leaves 2 bits, and Solarize inverts the whole image. What lies beyond the edge is filled as `fillMode` says. Not together with randAugment. Null: none.
   */
  trivialAugment: null | {
    probability: ResolvedProbability;
  };
  /**
   * Several random operations for each image, one after the other, at one level (Cubuk et al., arXiv:1909.13719), as torchvision's `RandAugment`. The 14 operations are those of trivialAugment, all equally likely, and one may come twice. At level 30 the tangent of a shear is 0.3, a shift is 150/331 of the side, a rotation is 30 degrees, a factor is 0.1 or 1.9, Posterize leaves 4 bits, and Solarize inverts the whole image. Geometric operations come first, in the one resampling; what lies beyond the edge is filled as `fillMode` says. Not together with trivialAugment. Null: none.
   */
  randAugment: null | {
    /**
     * Number of operations for each image. Each costs time.
     */
    operations: number;
    /**
     * Level of all operations. AutoContrast and Equalize have no level, and are applied even at 0.
     */
    magnitude: number;
    probability: ResolvedProbability;
  };
  /**
   * Values are multiplied by a factor from 1 - brightness to 1 + brightness, at least 0, as in torchvision's `ColorJitter`, and clipped to 0 and 255. A number, or a map with `amount` and `probability`.
   */
  brightness:
    | number
    | {
        /**
         * The same as the number alone.
         */
        amount: number;
        probability: ResolvedProbability;
      };
  /**
   * The image is blended with its mean grey, by a factor from 1 - contrast to 1 + contrast, at least 0, as in torchvision's `ColorJitter`. A number, or a map with `amount` and `probability`.
   */
  contrast:
    | number
    | {
        /**
         * The same as the number alone.
         */
        amount: number;
        probability: ResolvedProbability;
      };
  /**
   * The image is blended with its own greyscale, by a factor from 1 - saturation to 1 + saturation, at least 0, as in torchvision's `ColorJitter`. A number, or a map with `amount` and `probability`.
   */
  saturation:
    | number
    | {
        /**
         * The same as the number alone.
         */
        amount: number;
        probability: ResolvedProbability;
      };
  /**
   * Largest turn of the hue to either side, as a share of the circle, as in torchvision's `ColorJitter`. A number, or a map with `amount` and `probability`.
   */
  hue:
    | number
    | {
        /**
         * The same as the number alone, up to half of the circle.
         */
        amount: number;
        probability: ResolvedProbability;
      };
  /**
   * Probability that the image becomes grey, as torchvision's `RandomGrayscale`.
   */
  grayscale: number;
  /**
   * Gaussian blur, as torchvision's `GaussianBlur`. The kernel reaches three times the largest standard deviation to each side. Null: none.
   */
  gaussianBlur: null | {
    /**
     * Smallest and largest standard deviation, in pixels of the image that the network sees, above 0 and at most 10.
     *
     * @minItems 2
     * @maxItems 2
     */
    sigma: number[];
    probability: ResolvedProbability;
  };
  /**
   * Normal noise on each pixel and channel, as torchvision's `GaussianNoise`. Values are clipped to 0 and 255. Null: none.
   */
  gaussianNoise: null | {
    /**
     * Smallest and largest standard deviation, 0 to 255.
     *
     * @minItems 2
     * @maxItems 2
     */
    stddev: number[];
    probability: ResolvedProbability;
  };
  /**
   * One rectangle is painted over the normalised image (Zhong et al., arXiv:1708.04896). Null: none.
   */
  randomErasing: null | {
    /**
     * Probability that an image gets a rectangle.
     */
    probability: number;
    /**
     * Smallest share of the image that the rectangle covers.
     */
    areaMin: number;
    /**
     * Largest share of the image that the rectangle covers.
     */
    areaMax: number;
    /**
     * Smallest ratio of the rectangle's height to its width.
     */
    aspectMin: number;
    /**
     * Largest ratio of the rectangle's height to its width. With 1, rectangles are never taller than wide.
     */
    aspectMax: number;
    /**
     * Smallest value that the whole rectangle is painted with, in units of the normalised image.
     */
    valueMin: number;
    /**
     * Largest value that the whole rectangle is painted with. The value is drawn uniformly between the two.
     */
    valueMax: number;
  };
  /**
   * Several rectangles are painted over the normalised image (DeVries and Taylor, arXiv:1708.04552, in the form of imgaug and albumentations). Null: none.
   */
  coarseDropout: null | {
    /**
     * Smallest and largest number of rectangles, 1 to 256.
     *
     * @minItems 2
     * @maxItems 2
     */
    holes: number[];
    /**
     * Smallest and largest side of a rectangle, as a share of the image's side, above 0 and at most 1. Height and width are drawn separately and rounded to whole pixels, at least one. Rectangles lie inside the image.
     *
     * @minItems 2
     * @maxItems 2
     */
    size: number[];
    /**
     * Value that is painted, in units of the normalised image. 0 is the mean colour.
     */
    value: number;
    probability: ResolvedProbability;
  };
  /**
   * Mixes an image and its labels with another image of the batch: share × image + (1 - share) × other (Zhang et al., arXiv:1710.09412). Each image has its own share. Null: none.
   */
  mixUp: null | {
    /**
     * The share is drawn from Beta(alpha, alpha). With a small alpha it is mostly near 0 or 1.
     */
    alpha: number;
    probability: ResolvedProbability;
  };
  /**
   * Pastes a rectangle of another image of the batch into the image, and mixes the labels by its area (Yun et al., arXiv:1905.04899). An image that is drawn for mixUp too gets only this one. Null: none.
   */
  cutMix: null | {
    /**
     * The share of the image that stays is drawn from Beta(alpha, alpha). Labels are mixed by the area that lies inside the image.
     */
    alpha: number;
    probability: ResolvedProbability;
  };
}
/**
 * One stage of the schedule. Its own loss, optimizer, policy and augmentation replace those of the experiment as a whole.
 */
interface ResolvedStage {
  /**
   * Name of the stage. No two stages have the same name.
   */
  name: string;
  /**
   * Width and height of the images that the network sees, in pixels.
   */
  imageSize: number;
  /**
   * Passes over the training rows, at most. Early stopping may end the stage sooner.
   */
  epochs: number;
  /**
   * Images in one training step, at most: see `lastBatch`. Evaluation uses the same number.
   */
  batchSize: number;
  /**
   * Training steps in one epoch, at most as many as the training rows fill. Null: all rows. Where they are fewer than the rows fill, each has `batchSize` rows, others in every epoch.
   */
  stepsPerEpoch: number | null;
  /**
   * What becomes of this stage's rows that do not fill a last batch, in place of the experiment's.
   */
  lastBatch?: ResolvedLastBatch;
  /**
   * Parts of the network that are trained. The others are frozen: their weights and their batch-norm statistics do not change.
   *
   * @minItems 1
   */
  trainable: ('backbone' | 'tower' | 'heads')[];
  /**
   * Rate of all dropout layers of all towers in this stage, 0 for none. Null: the rates of the towers.
   */
  dropout: number | null;
  /**
   * Stochastic depth of the backbone in this stage, 0 for none. Null: the value of the backbone.
   */
  stochasticDepth: number | null;
  /**
   * Learning rate of this stage, in place of the optimizer's. With a policy that changes it, this is the highest one.
   */
  learningRate?: ResolvedLearningRate;
  /**
   * Policy of this stage, in place of the experiment's.
   */
  learningRatePolicy?: ResolvedLearningRatePolicy;
  /**
   * Learning rate of each part of the network, as a multiple of the stage's.
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
   * Ends the stage when a metric of the validation rows has stopped improving. Null: never.
   */
  earlyStopping: null | {
    metric: ResolvedSelectionMetric;
    /**
     * Epochs without an improvement after which the stage ends.
     */
    patience: number;
    /**
     * An improvement must be larger than this.
     */
    minDelta: number;
  };
  /**
   * Lowers the learning rate when a metric of the validation rows has stopped improving. Only with the policy `constant`. Null: never.
   */
  reduceOnPlateau: null | {
    metric: ResolvedSelectionMetric;
    /**
     * The learning rate is multiplied by this.
     */
    factor: number;
    /**
     * Epochs without an improvement after which the learning rate is lowered.
     */
    patience: number;
    /**
     * An improvement must be larger than this.
     */
    minDelta: number;
    /**
     * The learning rate is never lowered below this.
     */
    minLearningRate: number;
  };
  /**
   * Whether the stage ends with the weights of its best epoch, or with those of its last.
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
   * Device that TensorFlow computes on. `auto`: the first GPU that TensorFlow sees, otherwise the CPU. `cpu`: the CPU, even if there is a GPU. `gpu:0`, `gpu:1`, …: that NVIDIA GPU, counted among those of `CUDA_VISIBLE_DEVICES` if it is set. A run that does not find it stops.
   */
  device: string;
  /**
   * Whether TensorFlow takes GPU memory as it needs it, instead of nearly all of it at the start, so that several processes fit on one GPU. `false` leaves the choice to the variable `TF_FORCE_GPU_ALLOW_GROWTH`. It has no effect on a CPU, and is not part of the plan's hash.
   */
  memoryGrowth: boolean;
  /**
   * Whether training steps are compiled with XLA, TensorFlow's compiler. Resampling, our own kernels and random numbers are not compiled. Compiling takes a minute or more at the start of each stage, and sums may be rounded differently. It is not part of the plan's hash.
   */
  xla: boolean;
  /**
   * Minutes after which a checkpoint is also written within an epoch, between two steps; at the end of an epoch there always is one. No result depends on it, and it is not part of the plan's hash.
   */
  checkpointEvery: number;
  /**
   * Number format of feature maps and convolutions. Weights, optimizer, batch-norm statistics, pooled features, towers, heads and loss are always float32. `bfloat16`: mixed precision with half the memory for feature maps. It is faster on processors with AVX-512 BF16 or AMX, and slower on others. It keeps 8 of the 24 bits of float32, so that a loss differs in its third digit. `float16`: mixed precision with 11 bits and a range from 6e-8 to 65504. The loss is scaled before gradients are taken: the scale starts at 2^15 in each stage, is halved after a step that overflows, which is skipped, and is doubled after 2000 steps that do not. It is meant for GPUs, and several times slower than `float32` on processors without AVX-512 FP16.
   */
  precision: 'float32' | 'bfloat16' | 'float16';
}
/**
 * Where metrics are sent, besides the run's own folder. The variable `MLFLOW_TRACKING_URI` replaces `mlflow.uri`.
 */
interface ResolvedTracking {
  /**
   * The MLflow server and the experiment on it.
   */
  mlflow: {
    /**
     * Address of an MLflow server, `http` or `https`. Null: metrics stay in `runs/` until `run ui` or `run sync` sends them.
     */
    uri: string | null;
    /**
     * Name of the MLflow experiment that the run belongs to.
     */
    experiment: string;
    /**
     * Name in MLflow's model registry. The model of a finished run becomes its newest version; the best of a sweep gets the alias `best`. Null: it is logged, and not registered.
     */
    register: string | null;
  };
}
