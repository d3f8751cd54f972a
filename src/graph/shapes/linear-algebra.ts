/** Products of matrices, and what is made of them. */
import { broadcast, sameAsFirst } from './broadcast.ts';
import { boolOr, type OpTable, op, type ShapeFunction, stringOf } from './op.ts';

/** Products of the last two axes, the ones before them broadcast; either side may be transposed first. */
function product(transposeLeft: string, transposeRight: string): ShapeFunction {
  return ({ op: name, inputs: [left, right], attributes }) => {
    const isTurned = [transposeLeft, transposeRight].map((attribute) => boolOr(attributes, attribute, false));
    const [rows, inner] = isTurned[0] ? left!.slice(-2).reverse() : left!.slice(-2);
    const [innerRight, columns] = isTurned[1] ? right!.slice(-2).reverse() : right!.slice(-2);
    if (inner !== innerRight) throw new Error(`${name}: [${left}] and [${right}] do not fit together`);
    return [...broadcast(name, [left!.slice(0, -2), right!.slice(0, -2)]), rows!, columns!];
  };
}

/** `ij,jk->ik`: the sides of the letters on the right. */
const einsum: ShapeFunction = ({ op: name, inputs, attributes }) => {
  const equation = stringOf(name, attributes, 'equation').replaceAll(' ', '');
  if (equation.includes('.')) throw new Error(`${name}: an ellipsis is not supported, got ${equation}`);
  const [left, right] = equation.split('->') as [string, string];
  const sides = new Map<string, number>();
  for (const [i, letters] of left.split(',').entries()) {
    for (const [axis, letter] of [...letters].entries()) sides.set(letter, inputs[i]![axis]!);
  }
  return [...right].map((letter) => sides.get(letter)!);
};

const spectrum = op('Tcomplex -> Tcomplex', sameAsFirst);

export const linearAlgebra = {
  BatchMatMulV2: op('T, T -> T', product('adj_x', 'adj_y')),
  Einsum: op('N*T -> T', einsum, { shares: true }),
  FFT: spectrum,
  IFFT: spectrum,
  MatMul: op('T, T -> T', product('transpose_a', 'transpose_b')),
} satisfies OpTable;
