/** The layers of a network as a table: its description in, text out. */
import type { Layer, Network } from '../../model/network.ts';
import { formatCount, formatFlops, formatShape } from '../text/format.ts';
import { type Column, renderTable, type TextStyle } from '../text/text-table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'layer', align: 'left' },
  { title: 'type', align: 'left' },
  { title: 'part', align: 'left' },
  { title: 'output', align: 'right' },
  { title: 'parameters', align: 'right' },
  { title: 'work an image', align: 'right' },
  { title: 'reads', align: 'left' },
];

/** A row a layer in the order of computation, and the sums. @returns lines without a newline at the end */
export function layersTable({ layers }: Network, style: TextStyle): string {
  const sum = (of: (layer: Layer) => number): number => layers.reduce((total, layer) => total + of(layer), 0);
  const rows = layers.map((layer) => [
    layer.name,
    typeOf(layer),
    layer.part,
    formatShape(layer.outputShape),
    formatCount(parametersOf(layer)),
    formatFlops(layer.flops),
    layer.inputs.join(', '),
  ]);
  const total = [
    'all',
    '',
    '',
    '',
    formatCount(sum(parametersOf)),
    formatFlops(sum(({ flops }) => flops)),
    '',
  ];
  return renderTable({ columns: COLUMNS, rows: [...rows, total] }, style);
}

function parametersOf({ weights }: Layer): number {
  return weights.reduce((sum, { shape }) => sum + shape.reduce((size, side) => size * side, 1), 0);
}

/** The type, with what tells two layers of one type apart. */
function typeOf(layer: Layer): string {
  switch (layer.type) {
    case 'conv': {
      const { kernelSize, strides } = layer.settings;
      return `conv ${formatShape(kernelSize)}${strides.every((step) => step === 1) ? '' : ` / ${formatShape(strides)}`}`;
    }
    case 'maxPool':
    case 'averagePool':
      return `${layer.type} ${layer.settings.size} / ${layer.settings.strides}`;
    case 'dropout':
      return `dropout ${layer.settings.rate}`;
    default:
      return layer.type;
  }
}
