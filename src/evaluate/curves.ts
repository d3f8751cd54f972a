/** How far probabilities can be trusted, as curves. Shape letters: N rows, K classes of a head. */
import type { AnsweredHead } from './figures.ts';

type Probable = Pick<AnsweredHead, 'classes' | 'labels_N' | 'chosen_N' | 'probabilities_NK'>;

/** As many as the calibration error has (src/train/score/scores.ts). */
const BINS = 15;
/** Points of a curve at most: more cannot be seen. */
const MOST_POINTS = 200;

export interface ReliabilityBin {
  /** Probabilities above `from` and at most `to`. */
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  /** Mean probability of the most probable class, and how often it is right. */
  readonly confidence: number;
  readonly accuracy: number;
}

/** The bins of the reliability diagram (Guo et al., arXiv:1706.04599) that hold rows. */
export function reliability({
  classes,
  labels_N,
  probabilities_NK,
}: Omit<Probable, 'chosen_N'>): ReliabilityBin[] {
  const { length: k } = classes;
  const bins = Array.from({ length: BINS }, () => ({ rows: 0, confidence: 0, right: 0 }));
  labels_N.forEach((label, row) => {
    if (label < 0) return;
    let predicted = 0;
    for (let c = 1; c < k; c++)
      if (probabilities_NK[row * k + c]! > probabilities_NK[row * k + predicted]!) predicted = c;
    const confidence = probabilities_NK[row * k + predicted]!;
    const bin = bins[Math.min(BINS, Math.max(1, Math.ceil(confidence * BINS))) - 1]!;
    bin.rows += 1;
    bin.confidence += confidence;
    bin.right += predicted === label ? 1 : 0;
  });
  return bins.flatMap(({ rows, confidence, right }, i) =>
    rows === 0
      ? []
      : [
          {
            from: i / BINS,
            to: (i + 1) / BINS,
            rows,
            confidence: confidence / rows,
            accuracy: right / rows,
          },
        ],
  );
}

export interface CoveragePoint {
  /** Share of the labelled rows that are answered: those of the highest probabilities. */
  readonly coverage: number;
  /** Share of the answers that are wrong. */
  readonly risk: number;
  /** The least probability of an answer. */
  readonly confidence: number;
}

export interface CoverageRisk {
  readonly points: readonly CoveragePoint[];
  /** Mean risk over all coverages; null where no row has a label. Lower is better. */
  readonly area: number | null;
}

/**
 * How many answers are wrong if only the most certain ones are given (Geifman and El-Yaniv, arXiv:1705.08500; the area is
 * that of Geifman et al., arXiv:1805.08206). Rows of one probability are answered together; within them errors count evenly.
 */
export function coverageRisk({ classes, labels_N, chosen_N, probabilities_NK }: Probable): CoverageRisk {
  const rows = Array.from(labels_N.keys()).filter((row) => labels_N[row]! >= 0);
  const certainty = rows.map((row) => probabilities_NK[row * classes.length + chosen_N[row]!]!);
  const order = Array.from(rows.keys()).sort((a, b) => certainty[b]! - certainty[a]!);
  const points: CoveragePoint[] = [];
  let area = 0;
  let wrong = 0;
  for (let first = 0, end = 0; first < order.length; first = end) {
    const confidence = certainty[order[first]!]!;
    let wrongHere = 0;
    while (end < order.length && certainty[order[end]!] === confidence) {
      const row = rows[order[end]!]!;
      wrongHere += chosen_N[row] === labels_N[row] ? 0 : 1;
      end += 1;
    }
    for (let i = first + 1; i <= end; i++)
      area += (wrong + (wrongHere * (i - first)) / (end - first)) / i / rows.length;
    wrong += wrongHere;
    points.push({ coverage: end / rows.length, risk: wrong / end, confidence });
  }
  return { points: thinned(points), area: rows.length === 0 ? null : area };
}

/** The first and the last stay. */
function thinned(points: readonly CoveragePoint[]): CoveragePoint[] {
  if (points.length <= MOST_POINTS) return [...points];
  const step = (points.length - 1) / (MOST_POINTS - 1);
  return Array.from({ length: MOST_POINTS }, (_, i) => points[Math.round(i * step)]!);
}
