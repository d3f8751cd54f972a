/**
 * Values of a sweep, in two spaces, that make the network of the tiny experiment as small as can be: its trials begin sooner,
 * and where processes, ledgers and queues are tested, the network is of no account. Dropout stays, as something random that
 * has to go on where it was.
 */
export const smallest = `model.backbone: { name: densenet, blocks: [1], growthRate: 4, initialFilters: 4, stem: small }
  model.tower: [{ dropout: 0.2 }]`;
