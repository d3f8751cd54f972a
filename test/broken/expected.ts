/**
 * Broken experiments and what must be said about each: `code file:line:column path`, in the order of the report.
 * The files lie beside this one; a new kind of mistake is a new file and its entry here.
 */
import { readFileSync } from 'node:fs';

const schema = JSON.parse(
  readFileSync(new URL('../../schemas/experiment.schema.json', import.meta.url), 'utf8'),
) as { definitions: { augmentation: { properties: object } } };
/** All keys of an augmentation, in the order of the schema. */
const augmentationKeys = Object.keys(schema.definitions.augmentation.properties);

/** `file`, or `file path=value …`. */
export const expectedProblems: Readonly<Record<string, readonly string[]>> = {
  'augmentation-strength.yaml': [
    'outOfRange augmentation-strength.yaml:8:13 augmentation.strength',
    'outOfRange augmentation-strength.yaml:13:50 stages[0].augmentation.strength.from',
    'outOfRange augmentation-strength.yaml:13:60 stages[0].augmentation.strength.to',
    'missingKey augmentation-strength.yaml:17:42 stages[1].augmentation.strength.from',
  ],
  'augmentation-upside-down.yaml': [
    'conflict augmentation-upside-down.yaml:7:27 augmentation.gaussianBlur.sigma[0]',
    'conflict augmentation-upside-down.yaml:12:47 stages[0].augmentation.gaussianNoise.stddev[0]',
  ],
  'augmentation-without-effect.yaml': [
    'conflict augmentation-without-effect.yaml:7:12 augmentation.shear.probability',
    'conflict augmentation-without-effect.yaml:8:3 augmentation.fillValue',
    'conflict augmentation-without-effect.yaml:14:16 stages[0].augmentation.shift.probability',
    'conflict augmentation-without-effect.yaml:15:36 stages[0].augmentation.randomResizedCrop.scale[0]',
    'conflict augmentation-without-effect.yaml:15:53 stages[0].augmentation.randomResizedCrop.ratio[0]',
    'conflict augmentation-without-effect.yaml:16:32 stages[0].augmentation.coarseDropout.holes[0]',
    'conflict augmentation-without-effect.yaml:16:46 stages[0].augmentation.coarseDropout.size[0]',
    'conflict augmentation-without-effect.yaml:17:7 stages[0].augmentation.mixUp',
    'conflict augmentation-without-effect.yaml:22:21 stages[1].augmentation.strength',
  ],
  'two-policies.yaml': [
    'conflict two-policies.yaml:7:3 augmentation.trivialAugment',
    'conflict two-policies.yaml:14:21 stages[1].augmentation.trivialAugment',
  ],
  'two-policies-out-of-range.yaml': [
    'outOfRange two-policies-out-of-range.yaml:6:44 augmentation.randAugment.operations',
    'outOfRange two-policies-out-of-range.yaml:8:88 stages[0].augmentation.randAugment.magnitude',
    'unknownKey two-policies-out-of-range.yaml:9:79 stages[1].augmentation.trivialAugment.magnitude',
  ],
  'absent-weights.yaml': ['fileNotFound absent-weights.yaml:7:20 model.weights.file'],
  'batch-of-one.yaml': [
    'conflict batch-of-one.yaml:8:57 stages[0].batchSize',
    'conflict batch-of-one.yaml:9:58 stages[1].batchSize',
    'conflict batch-of-one.yaml:9:58 stages[1].batchSize',
  ],
  'bad-indentation.yaml': ['notYaml bad-indentation.yaml:6:4 '],
  'bad-names.yaml': [
    'wrongValue bad-names.yaml:1:7 name',
    'wrongValue bad-names.yaml:2:60 dataset.attributes["2kids"]',
  ],
  'class-twice.yaml': ['duplicateName class-twice.yaml:6:25 dataset.attributes.kids[2]'],
  'classes-not-text.yaml': [
    'wrongType classes-not-text.yaml:6:12 dataset.attributes.kids[0]',
    'wrongType classes-not-text.yaml:6:15 dataset.attributes.kids[1]',
  ],
  'cycle-a.yaml': ['extendsCycle cycle-b.yaml:1:10 extends'],
  'cycle-b.yaml': ['extendsCycle cycle-a.yaml:2:10 extends'],
  'duplicate-key.yaml': [
    'duplicateKey duplicate-key.yaml:7:5 stages[0].imageSize',
    'duplicateKey duplicate-key.yaml:8:1 name',
  ],
  'empty.yaml': ['notYaml empty.yaml:1:1 '],
  'good.yaml': [],
  'key-at-wrong-level.yaml': ['unknownKey key-at-wrong-level.yaml:3:1 epochs'],
  'key-of-another-optimizer.yaml': ['unknownKey key-of-another-optimizer.yaml:6:3 optimizer.beta1'],
  'model-across-keys.yaml': [
    'unknownHead model-across-keys.yaml:7:35 model.towers.bagss',
    'conflict model-across-keys.yaml:10:46 stages[0].dropout',
    'conflict model-across-keys.yaml:10:60 stages[0].stochasticDepth',
  ],
  'rates-of-frozen-parts.yaml': [
    'conflict rates-of-frozen-parts.yaml:8:3 model.tower',
    'conflict rates-of-frozen-parts.yaml:12:66 stages[1].dropout',
    'conflict rates-of-frozen-parts.yaml:12:80 stages[1].stochasticDepth',
    'conflict rates-of-frozen-parts.yaml:13:57 stages[2].trainable',
  ],
  'weights-by-other-names.yaml': ['badWeights weights-by-other-names.yaml:8:20 model.weights.file'],
  'weights-of-another-network.yaml': [
    'badWeights weights-of-another-network.yaml:9:20 model.weights.file',
    'badWeights weights-of-another-network.yaml:9:20 model.weights.file',
  ],
  'merge-key.yaml': ['unknownKey merge-key.yaml:7:5 stages[1]["<<"]'],
  'missing-base.yaml': ['fileNotFound missing-base.yaml:2:10 extends'],
  'missing-keys.yaml': [
    'missingKey missing-keys.yaml:5:5 stages[1].imageSize',
    'missingKey missing-keys.yaml:5:5 stages[1].epochs',
  ],
  'negative-patience.yaml': ['outOfRange negative-patience.yaml:7:32 stages[0].earlyStopping.patience'],
  'not-a-map.yaml': ['notYaml not-a-map.yaml:1:1 '],
  'not-finite.yaml': [
    'notFinite not-finite.yaml:3:40 optimizer.learningRate',
    'notFinite not-finite.yaml:5:43 stages[0].epochs',
  ],
  'nothing-written.yaml': [
    'wrongType nothing-written.yaml:5:15 stages[0].imageSize',
    'wrongType nothing-written.yaml:6:13 stages[0].epochs',
  ],
  'several.yaml': [
    'unknownKey several.yaml:2:1 sead',
    'missingKey several.yaml:4:3 dataset.images',
    'outOfRange several.yaml:6:24 dataset.split.validation',
    'wrongValue several.yaml:8:18 model.pooling[1]',
    'outOfRange several.yaml:11:16 stages[0].imageSize',
    'wrongType several.yaml:12:13 stages[0].epochs',
    'outOfRange several.yaml:13:32 stages[0].earlyStopping.patience',
    'unknownKey several.yaml:13:36 stages[0].earlyStopping.delta',
  ],
  'tab.yaml': ['tabIndentation tab.yaml:5:1 ', 'tabIndentation tab.yaml:6:1 '],
  'two-documents.yaml': ['notYaml two-documents.yaml:5:1 '],
  'unclosed.yaml': ['notYaml unclosed.yaml:2:66 '],
  'unknown-alias.yaml': ['notYaml unknown-alias.yaml:7:5 stages[1]'],
  'unknown-backbone.yaml': ['wrongValue unknown-backbone.yaml:4:21 model.backbone.name'],
  'unknown-key-in-base.yaml': ['unknownKey base-with-unknown-key.yaml:5:3 augmentation.twirl'],
  'unknown-key-in-stage.yaml': ['unknownKey unknown-key-in-stage.yaml:7:5 stages[1].epoch'],
  'unknown-key-nested.yaml': ['unknownKey unknown-key-nested.yaml:4:3 model.poling'],
  'unknown-device.yaml': [
    'wrongValue unknown-device.yaml:3:22 execution.device',
    'wrongValue unknown-device.yaml:3:38 execution.precision',
  ],
  'unknown-key.yaml': ['unknownKey unknown-key.yaml:2:1 sead'],
  'unknown-optimizer.yaml': ['wrongValue unknown-optimizer.yaml:4:9 optimizer.name'],
  'unknown-pooling.yaml': ['wrongValue unknown-pooling.yaml:3:25 model.pooling[1]'],
  'unset-variable.yaml': ['unsetVariable unset-variable.yaml:3:32 dataset.table'],
  'variable-of-a-shell.yaml': ['unsetVariable variable-of-a-shell.yaml:3:35 description'],
  'weight-of-absent-class.yaml': [
    'conflict weight-of-absent-class.yaml:7:40 loss.classWeights.age.ancient',
    'conflict weight-of-absent-class.yaml:10:77 stages[1].loss.classWeights.age.ancient',
  ],
  'wrong-loss.yaml': [
    'unknownKey wrong-loss.yaml:3:9 loss.gamma',
    'outOfRange wrong-loss.yaml:3:35 loss.labelSmoothing',
    'wrongValue wrong-loss.yaml:5:56 stages[0].loss.type',
    'wrongValue wrong-loss.yaml:6:86 stages[1].loss.heads.kids.type',
    'missingKey wrong-loss.yaml:6:101 stages[1].loss.heads.age.type',
    'wrongType wrong-loss.yaml:7:48 stages[2].loss',
  ],
  'wrong-tower.yaml': [
    'wrongValue wrong-tower.yaml:5:7 model.tower[0]',
    'unknownKey wrong-tower.yaml:6:9 model.tower[1].dropot',
    'wrongValue wrong-tower.yaml:7:7 model.tower[2]',
    'wrongValue wrong-tower.yaml:8:33 model.tower[3].activation',
  ],
  'wrong-type.yaml': ['wrongType wrong-type.yaml:6:13 stages[0].epochs'],
  'wrong-unions.yaml': [
    'wrongType wrong-unions.yaml:6:11 dataset.attributes.kids',
    'wrongValue wrong-unions.yaml:7:14 dataset.normalize',
    'wrongValue wrong-unions.yaml:9:17 loss.classWeights',
    'wrongType wrong-unions.yaml:14:20 stages[0].earlyStopping',
  ],
  'yaml-habits.yaml': [
    'wrongType yaml-habits.yaml:6:24 dataset.split.validation',
    'wrongType yaml-habits.yaml:8:12 model.pooling',
    'wrongType yaml-habits.yaml:9:12 optimizer',
    'wrongType yaml-habits.yaml:12:16 stages[0].imageSize',
    'wrongType yaml-habits.yaml:14:18 stages[0].restoreBest',
  ],
  'one-cycle-with-plateau.yaml': [
    'conflict one-cycle-with-plateau.yaml:7:26 optimizer.beta1',
    'conflict one-cycle-with-plateau.yaml:9:60 stages[0].reduceOnPlateau',
    'conflict one-cycle-with-plateau.yaml:15:5 stages[1].reduceOnPlateau',
  ],
  'policy-longer-than-stage.yaml': [
    'outOfRange policy-longer-than-stage.yaml:8:47 learningRatePolicy.warmUp',
    'outOfRange policy-longer-than-stage.yaml:12:100 stages[2].learningRatePolicy.every',
    'outOfRange policy-longer-than-stage.yaml:13:115 stages[3].learningRatePolicy.restarts.after',
    'outOfRange policy-longer-than-stage.yaml:14:88 stages[4].learningRatePolicy.name',
    'outOfRange policy-longer-than-stage.yaml:15:77 stages[5].learningRatePolicy.stepUp',
    'outOfRange policy-longer-than-stage.yaml:16:107 stages[6].learningRatePolicy.every',
    'outOfRange policy-longer-than-stage.yaml:17:107 stages[7].optimizer.accumulateGradients',
  ],
  'rates-without-effect.yaml': [
    'conflict rates-without-effect.yaml:7:99 stages[0].learningRateFactors.backbone',
    'conflict rates-without-effect.yaml:8:102 stages[1].learningRatePolicy.gamma',
    'conflict rates-without-effect.yaml:9:70 stages[2].optimizer.momentum',
  ],
  'unknown-policy.yaml': [
    'wrongValue unknown-policy.yaml:6:29 learningRatePolicy.name',
    'unknownKey unknown-policy.yaml:8:84 stages[0].learningRatePolicy.warmUp',
    'wrongType unknown-policy.yaml:9:86 stages[1].learningRatePolicy.every',
  ],
  'erasing-upside-down.yaml': [
    'conflict erasing-upside-down.yaml:7:29 augmentation.randomErasing.areaMin',
    'conflict erasing-upside-down.yaml:14:20 stages[0].augmentation.randomErasing.aspectMin',
    'conflict erasing-upside-down.yaml:16:19 stages[0].augmentation.randomErasing.valueMin',
  ],
  'folder-as-table.yaml': ['badTable folder-as-table.yaml:3:10 dataset.table'],
  'learning-rate-twice.yaml': ['conflict learning-rate-twice.yaml:7:60 stages[0].learningRate'],
  'no-classes.yaml': ['emptyData no-classes.yaml:6:5 dataset.attributes.kids'],
  'no-image-folder.yaml': ['fileNotFound no-image-folder.yaml:4:11 dataset.images'],
  'no-labels-for-training.yaml': ['emptyData no-labels-for-training.yaml:7:5 dataset.attributes.always'],
  'no-word-for-validation.yaml': ['emptyData no-word-for-validation.yaml:6:10 dataset.split'],
  'nothing-for-validation.yaml': ['emptyData nothing-for-validation.yaml:6:10 dataset.split'],
  'nothing-to-learn.yaml': [
    'conflict nothing-to-learn.yaml:8:22 loss.headWeights',
    'conflict nothing-to-learn.yaml:10:57 stages[0].trainable',
  ],
  'one-class.yaml': ['emptyData one-class.yaml:6:5 dataset.attributes.always'],
  'other-delimiter.yaml': ['badTable semicolons.csv:1:1 dataset.table'],
  'ordinal-loss.yaml': [
    'conflict ordinal-loss.yaml:8:36 dataset.attributes.grown.ordinal',
    'conflict ordinal-loss.yaml:11:9 loss.type',
    'unknownHead ordinal-loss.yaml:12:12 loss.heads.kid',
    'conflict ordinal-loss.yaml:18:11 stages[1].loss',
    'conflict ordinal-loss.yaml:18:36 stages[1].loss.heads.kids.type',
  ],
  'plateau-above-rate.yaml': [
    'conflict plateau-above-rate.yaml:8:82 stages[0].reduceOnPlateau.minLearningRate',
  ],
  'ragged-table.yaml': ['badTable ragged.csv:3:1 dataset.table', 'badTable ragged.csv:4:1 dataset.table'],
  'selection.yaml': [
    'emptyData selection.yaml:8:52 stages[0].selectBy',
    'conflict selection.yaml:9:62 stages[1].selectBy',
    'emptyData selection.yaml:9:108 stages[1].reduceOnPlateau.metric',
  ],
  'several-across-keys.yaml': [
    'unsetVariable several-across-keys.yaml:2:14 description',
    'unknownHead several-across-keys.yaml:7:24 loss.headWeights.kidz',
    'outOfRange several-across-keys.yaml:9:31 stages[0].imageSize',
    'duplicateName several-across-keys.yaml:10:13 stages[1].name',
    'unknownClass people.csv:9:1 dataset.attributes.age',
  ],
  'split-column-unknown.yaml': ['unknownColumn split-column-unknown.yaml:6:20 dataset.split.column'],
  'folds-and-validation.yaml': [
    'outOfRange folds-and-validation.yaml:6:28 dataset.split.fold',
    'conflict folds-and-validation.yaml:6:31 dataset.split.validation',
  ],
  'folds-without-fold.yaml': ['missingKey folds-without-fold.yaml:6:19 dataset.split.folds'],
  'fold-without-folds.yaml': [
    'conflict fold-without-folds.yaml:6:12 dataset.split.fold',
    'outOfRange fold-without-folds.yaml:6:44 dataset.split.test',
  ],
  'folds-beside-column.yaml': [
    'conflict folds-beside-column.yaml:6:26 dataset.split.folds',
    'conflict folds-beside-column.yaml:6:36 dataset.split.fold',
    'conflict folds-beside-column.yaml:6:45 dataset.split.test',
  ],
  'no-validation.yaml': ['missingKey no-validation.yaml:6:24 dataset.split.validation'],
  'too-many-folds.yaml': ['outOfRange too-many-folds.yaml:6:19 dataset.split.folds'],
  'split-twice.yaml': [
    'conflict split-twice.yaml:8:5 dataset.split.validation',
    'conflict split-twice.yaml:9:5 dataset.split.groupBy',
  ],
  'outside-folder.yaml': ['outsideFolder outside.csv:3:1 ', 'outsideFolder outside.csv:5:1 '],
  'strange-label.yaml': ['unknownClass people.csv:9:1 dataset.attributes.age'],
  'too-many-steps.yaml': [
    'outOfRange too-many-steps.yaml:7:75 stages[0].stepsPerEpoch',
    'outOfRange too-many-steps.yaml:8:74 stages[1].stepsPerEpoch',
  ],
  'too-small-images.yaml': ['outOfRange too-small-images.yaml:7:31 stages[0].imageSize'],
  'two-stages-of-one-name.yaml': ['duplicateName two-stages-of-one-name.yaml:9:13 stages[2].name'],
  'unknown-class.yaml': ['unknownClass unknown-class.yaml:8:22 loss.classWeights.kids.yess'],
  'unknown-column.yaml': [
    'unknownColumn unknown-column.yaml:5:16 dataset.imageColumn',
    'unknownColumn unknown-column.yaml:8:5 dataset.attributes.ages',
    'unknownColumn unknown-column.yaml:9:22 dataset.attributes.grown.column',
    'unknownColumn unknown-column.yaml:10:21 dataset.split.groupBy',
  ],
  'unknown-head.yaml': [
    'unknownHead unknown-head.yaml:6:31 dataset.split.stratifyBy[1]',
    'unknownHead unknown-head.yaml:8:18 loss.headWeights.kid',
    'unknownHead unknown-head.yaml:9:19 loss.classWeights.age',
    'unknownHead unknown-head.yaml:14:37 stages[0].loss.headWeights.region',
  ],
  'good.yaml stages[small].epochs=many optimizer.name=adan': [
    'wrongType argument 1:1:22 stages[0].epochs',
    'wrongValue argument 2:1:16 optimizer.name',
  ],
  'good.yaml stages[smal].epochs=3': ['badOverride argument 1:1:8 '],
  'good.yaml stages[1].epochs=3': ['badOverride argument 1:1:8 '],
  'good.yaml seed': ['badOverride argument 1:1:1 '],
  'good.yaml seed=': ['badOverride argument 1:1:6 '],
  'good.yaml seed..x=1': ['badOverride argument 1:1:6 '],
  'good.yaml seed=.inf': ['notFinite argument 1:1:6 seed'],
  'good.yaml seed=1 seed=2': ['conflict argument 2:1:1 seed'],
  'good.yaml model.pooling=[gap,gmp] model.neck=[]': ['unknownKey argument 2:1:7 model.neck'],
  'absent.yaml': ['fileNotFound - '],
};

/** Some of them word for word, as `message` and `hint`. */
export const expectedSentences: Readonly<
  Record<string, readonly (readonly [message: string, hint: string | undefined])[]>
> = {
  'tab.yaml': [
    [
      'expected spaces at the start of the line, got a tab',
      'YAML allows spaces only; set the editor to write them for the Tab key.',
    ],
    [
      'expected spaces at the start of the line, got a tab',
      'YAML allows spaces only; set the editor to write them for the Tab key.',
    ],
  ],
  'wrong-type.yaml': [
    [
      'expected a whole number from 1 to 100000, got "fast" (string)',
      'Passes over the training rows, at most.',
    ],
  ],
  'negative-patience.yaml': [
    [
      'expected a whole number from 0 to 100000, got -1',
      'Epochs without an improvement after which the stage ends.',
    ],
  ],
  'unknown-key-nested.yaml': [
    [
      'model has no key "poling"',
      'Did you mean "pooling"? Keys here: pooling, tower, towers, backbone, weights, headInitializer.',
    ],
  ],
  'augmentation-upside-down.yaml': [
    ['expected at most the second number, which is 0.1, got 2', 'The smallest value comes first.'],
    ['expected at most the second number, which is 0, got 10', 'The smallest value comes first.'],
  ],
  'two-policies.yaml': Array.from({ length: 2 }, () => [
    'trivialAugment and randAugment are two ways to draw from the same operations, and an image gets one of them',
    'Remove one of the two: randAugment has a number of operations and a magnitude, trivialAugment nothing to be tuned.',
  ]),
  'unknown-key-in-base.yaml': [
    [
      'augmentation has no key "twirl"',
      `Keys here: ${augmentationKeys.join(', ')}. It comes from test/broken/base-with-unknown-key.yaml, which test/broken/unknown-key-in-base.yaml extends.`,
    ],
  ],
  'unknown-backbone.yaml': [
    [
      'there is no backbone "densenet112"',
      'Did you mean "densenet121"? There are: densenet121, densenet169, densenet201, densenet, resnet101, resnet50, resnext50, efficientnetb1, efficientnetb2, inceptionv4, efficientnetb0, efficientnetb3.',
    ],
  ],
  'unknown-optimizer.yaml': [['there is no optimizer "lamb"', 'There are: adam, adamw, sgd, rmsprop.']],
  'key-of-another-optimizer.yaml': [
    [
      'the optimizer "sgd" has no key "beta1"',
      '"beta1" is a key of the optimizer "adam". Keys here: name, learningRate, momentum, nesterov, weightDecay, clipNorm, averageWeights, accumulateGradients.',
    ],
  ],
  'key-at-wrong-level.yaml': [
    [
      'an experiment has no key "epochs"',
      '"epochs" is a key of stages[…]. Keys here: extends, name, description, seed, dataset, model, loss, optimizer, learningRatePolicy, augmentation, lastBatch, stages, execution, tracking.',
    ],
  ],
  'duplicate-key.yaml': [
    ['the key "imageSize" stands twice in one map, first on line 5', 'Remove one of the two.'],
    ['the key "name" stands twice in one map, first on line 1', 'Remove one of the two.'],
  ],
  'cycle-a.yaml': [
    [
      'expected a file that does not lead back here, got the loop test/broken/cycle-a.yaml → test/broken/cycle-b.yaml → test/broken/cycle-a.yaml',
      'Remove one `extends` of the loop.',
    ],
  ],
  'missing-base.yaml': [['there is no file test/broken/god.yaml', 'Did you mean test/broken/good.yaml?']],
  'unset-variable.yaml': [
    [
      'the environment variable MANYHEADS_UNSET is not set',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the language's own variables
      'Set it (export MANYHEADS_UNSET=…) or write ${env:MANYHEADS_UNSET:default}.',
    ],
  ],
  'missing-keys.yaml': [
    [
      'the key "imageSize" is missing: a whole number from 8 to 2048',
      'Width and height of the images that the network sees, in pixels.',
    ],
    [
      'the key "epochs" is missing: a whole number from 1 to 100000',
      'Passes over the training rows, at most.',
    ],
  ],
  'unknown-device.yaml': [
    [
      'expected "auto", "cpu", or a GPU by its number as "gpu:0", got "gpu" (string)',
      'Device that TensorFlow computes on.',
    ],
    ['expected "float32", "bfloat16" or "float16", got "float8" (string)', 'Did you mean "float32"?'],
  ],
  'unknown-pooling.yaml': [['expected "gap", "gmp" or "gem", got "max" (string)', undefined]],
  'classes-not-text.yaml': [
    ['expected a string that is not empty, got 0 (number)', 'Put it in quotes: "0".'],
    ['expected a string that is not empty, got 1 (number)', 'Put it in quotes: "1".'],
  ],
  'yaml-habits.yaml': [
    [
      'expected a number above 0 and below 1 or null, got "15%" (string)',
      'Write 0.15: shares are numbers from 0 to 1.',
    ],
    ['expected a list of "gap", "gmp" or "gem", got "gap" (string)', 'Write it as a list: [gap].'],
    ['expected a map, got "adam" (string)', 'Write it as a map: { name: adam }.'],
    ['expected a whole number from 8 to 2048, got "32" (string)', 'Remove the quotes.'],
    ['expected true or false, got "yes" (string)', 'Write true: YAML 1.2 takes other words for strings.'],
  ],
  'model-across-keys.yaml': [
    ['there is no head "bagss"', 'Did you mean "bags"? There are: bags, kids.'],
    [
      'no tower has a dropout layer whose rate this could be',
      'Write { dropout: 0 } where the layer belongs, in model.tower.',
    ],
    ['the backbone densenet121 has no stochastic depth', 'Remove it, or take an EfficientNet.'],
  ],
  'rates-of-frozen-parts.yaml': [
    [
      'every head has a tower of its own, so this one has no effect',
      'Remove it, or leave one of model.towers out.',
    ],
    ['the tower is frozen in this stage, and frozen layers drop nothing', 'Remove it.'],
    ['the backbone is frozen in this stage, and frozen layers drop nothing', 'Remove it.'],
    ['only the tower is to be trained, and it has no layer with weights', 'Add the heads or the backbone.'],
  ],
  'absent-weights.yaml': [
    [
      'there is no file test/broken/absent.keras',
      'A path in a file is relative to that file, one in an argument to the current folder.',
    ],
  ],
  'weights-by-other-names.yaml': [
    [
      'expected weights of backbone in test/weights/fixtures/small.keras (Keras 3 (.keras)), found none by their names, but conv1_bn/gamma, conv1_bn/beta, conv1_bn/moving_mean, conv1_bn/moving_variance, conv2_block1_0_bn/gamma, conv2_block1_0_bn/beta and 44 more',
      'It is of another network, or names its layers otherwise.',
    ],
  ],
  'weights-of-another-network.yaml': [
    [
      'expected the shapes of this network in test/weights/fixtures/small.keras, found 5 that differ: bn/gamma [9], found [10]; bn/beta [9], found [10]; bn/moving_mean [9], found [10]; bn/moving_variance [9], found [10]; kids_output/kernel [7, 2], found [6, 2]',
      'Describe the network that the file is of, or leave its part out of model.weights.parts.',
    ],
    [
      'expected all 51 weights of backbone, heads in test/weights/fixtures/small.keras (Keras 3 (.keras)), found 36; it lacks pool3_bn/gamma, pool3_bn/beta, pool3_bn/moving_mean, pool3_bn/moving_variance, pool3_conv/kernel, conv4_block1_0_bn/gamma, conv4_block1_0_bn/beta, conv4_block1_0_bn/moving_mean, conv4_block1_0_bn/moving_variance, conv4_block1_1_conv/kernel, conv4_block1_1_bn/gamma, conv4_block1_1_bn/beta, conv4_block1_1_bn/moving_mean, conv4_block1_1_bn/moving_variance, conv4_block1_2_conv/kernel; not used of it: bn/gamma, bn/beta, bn/moving_mean, bn/moving_variance, kids_tower_0_batchNorm/gamma, kids_tower_0_batchNorm/beta and 13 more',
      'Name the parts that it has in model.weights.parts, or write onMissing: initialize to start the others anew.',
    ],
  ],
  'unclosed.yaml': [['the [ that opens here is never closed', 'Write ] where the value ends.']],
  'too-small-images.yaml': [
    [
      'expected at least 29 pixels for the backbone densenet121, got 16',
      'Its layer pool4_pool would have nothing left; fewer blocks halve the images less often.',
    ],
  ],
  'too-many-steps.yaml': [
    [
      'expected at most 2, which is the whole training part of 8 rows in batches of 4, got 4',
      'Without stepsPerEpoch an epoch is the whole training part.',
    ],
    [
      'expected at most 2, which is the whole training part of 8 rows in batches of 4, got 3',
      'Without stepsPerEpoch an epoch is the whole training part.',
    ],
  ],
  'strange-label.yaml': [
    [
      'expected one of the 2 classes of age, found "anceint" in column "age" (in 1 row)',
      'The classes: young, old. A label that means "not known" goes into dataset.missing.',
    ],
  ],
  'unknown-class.yaml': [['the head kids has no class "yess"', 'Did you mean "yes"? There are: yes, no.']],
  'folds-and-validation.yaml': [
    ['expected a fold from 0 to 2, got 3', 'They count from 0: 0, 1, 2.'],
    [
      'one of 3 folds is for validation, so this share has no effect',
      'Remove one of the two; validation: null takes away what a base says.',
    ],
  ],
  'folds-without-fold.yaml': [
    [
      'expected the fold that is for validation, as fold: 0, found none beside folds: 3',
      'A sweep trains on all of them: axes: { dataset.split.fold: [0, 1, 2] }.',
    ],
  ],
  'nothing-for-validation.yaml': [
    [
      'expected rows on both sides of a split of 10 rows with 0.01 for validation, found 10 for training and 0 for validation',
      'Change dataset.split.validation, or give the table more rows.',
    ],
  ],
  'one-class.yaml': [
    [
      'expected at least two classes in the column "always", found only "one"',
      'Take another column, or remove this attribute.',
    ],
  ],
  'learning-rate-twice.yaml': [
    ['the learning rate of this stage is given twice, here and in its optimizer', 'Remove one of the two.'],
  ],
  'batch-of-one.yaml': [
    [
      'mixUp mixes an image with another one of its batch, and a batch of 1 has no other',
      'Take larger batches, or remove mixUp.',
    ],
    [
      'mixUp mixes an image with another one of its batch, and a batch of 1 has no other',
      'Take larger batches, or remove mixUp.',
    ],
    [
      'cutMix mixes an image with another one of its batch, and a batch of 1 has no other',
      'Take larger batches, or remove cutMix.',
    ],
  ],
  'one-cycle-with-plateau.yaml': [
    [
      'the learning-rate policy moves beta1, so the value here has no effect',
      'Remove it, or write momentum: null in the policy.',
    ],
    [
      'the learning rate of this stage follows the policy oneCycle, so it cannot be lowered on a plateau too',
      'A cycle raises the learning rate again whatever the validation loss does. Remove one of the two.',
    ],
    [
      'the learning rate of this stage follows the policy cosine, so it cannot be lowered on a plateau too',
      'Both would lower it. Remove one of the two.',
    ],
  ],
  'good.yaml stages[smal].epochs=3': [
    ['stages has no element with the name "smal"', 'Did you mean "small"? There are: small.'],
  ],
  'good.yaml seed=1 seed=2': [['argument 2 (seed=2) undoes argument 1 (seed=1)', 'Give one of the two.']],
};
