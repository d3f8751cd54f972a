/** Image caches as text: a row a cache, the one used last at the end. */
import type { StoredCache } from '../../data/stored-caches.ts';
import { formatBytes, formatCount, formatHash, formatNumberOf } from '../text/format.ts';
import { renderTable, type TextStyle } from '../text/text-table.ts';

/** @returns lines without a newline at the end */
export function cachesTable(caches: readonly StoredCache[], style: TextStyle): string {
  return renderTable(
    {
      columns: [
        { title: 'cache', align: 'left' },
        { title: 'last used (UTC)', align: 'left' },
        { title: 'images', align: 'right' },
        { title: 'pixels', align: 'right' },
        { title: 'on disk', align: 'right' },
        { title: 'made from', align: 'left' },
      ],
      rows: caches.map(({ digest, lastUsed, images, size, bytes, source, complete }) => [
        formatHash(digest),
        lastUsed.slice(0, 16).replace('T', ' '),
        formatCount(images),
        size === null ? formatCount(null) : `${size} × ${size}`,
        formatBytes(bytes),
        complete ? (source ?? '') : 'broken off; goes on when it is used next',
      ]),
    },
    style,
  );
}

/** `3 caches, 1.2 GB` */
export const totalOf = (caches: readonly StoredCache[]): string =>
  `${formatNumberOf(caches.length, 'cache')}, ${formatBytes(caches.reduce((sum, { bytes }) => sum + bytes, 0))}`;
