/** Formats of image files, by their first bytes: those that are read, and the names of others that people have. */

const read = ['JPEG', 'PNG', 'WebP', 'GIF', 'TIFF', 'AVIF'] as const;
export type ReadFormat = (typeof read)[number];

const latin = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.subarray(from, to)).toString('latin1');

type Test = (bytes: Uint8Array) => boolean;

const starts =
  (...texts: readonly string[]): Test =>
  (bytes) =>
    texts.some((text) => latin(bytes, 0, text.length) === text);

/** Brands of an ISO base media file (ISO/IEC 14496-12, 4.3): the major one, and those that it is compatible with. */
function brandsOf(bytes: Uint8Array): string[] {
  if (latin(bytes, 4, 8) !== 'ftyp') return [];
  const end = Math.min(Buffer.from(bytes.subarray(0, 4)).readUInt32BE(0), bytes.length);
  const brands = [latin(bytes, 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(latin(bytes, at, at + 4));
  return brands;
}

const hasBrand =
  (pattern: RegExp): Test =>
  (bytes) =>
    brandsOf(bytes).some((brand) => pattern.test(brand));

const text =
  (pattern: RegExp): Test =>
  (bytes) =>
    pattern.test(latin(bytes, 0, 1024).replace(/^\xef\xbb\xbf/, ''));

/** The first that fits. AVIF and HEIC come in one container and are told apart by its brands. */
const formats: Readonly<Record<string, Test>> = {
  JPEG: starts('\xff\xd8\xff'),
  PNG: starts('\x89PNG\r\n\x1a\n'),
  WebP: (bytes) => latin(bytes, 0, 4) === 'RIFF' && latin(bytes, 8, 12) === 'WEBP',
  GIF: starts('GIF87a', 'GIF89a'),
  TIFF: starts('II*\0', 'MM\0*', 'II+\0', 'MM\0+'),
  AVIF: hasBrand(/^avi[fs]$/),
  'HEIC (HEVC)': hasBrand(/^(he[iv][cmsx]|mif1|msf1)$/),
  BMP: (bytes) => latin(bytes, 0, 2) === 'BM' && latin(bytes, 6, 10) === '\0\0\0\0',
  'JPEG 2000': starts('\0\0\0\x0cjP  \r\n\x87\n', '\xff\x4f\xff\x51'),
  'JPEG XL': starts('\xff\x0a', '\0\0\0\x0cJXL \r\n\x87\n'),
  SVG: text(/^\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)*(<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/i),
  'a web page (HTML)': text(/^\s*<(!doctype html|html)[\s>]/i),
  'a pointer of Git LFS, without the image': starts('version https://git-lfs.github.com/spec/'),
  PDF: starts('%PDF-'),
  'Photoshop (PSD)': starts('8BPS'),
  ICO: starts('\0\0\x01\0', '\0\0\x02\0'),
  'Netpbm (PBM, PGM, PPM)': text(/^P[1-7]\s/),
  OpenEXR: starts('\x76\x2f\x31\x01'),
  'Radiance (HDR)': starts('#?RADIANCE', '#?RGBE'),
  FITS: starts('SIMPLE  ='),
  DICOM: (bytes) => latin(bytes, 128, 132) === 'DICM',
  'a ZIP archive': starts('PK\x03\x04'),
  'a gzip archive': starts('\x1f\x8b'),
  'a video (MP4)': hasBrand(/^(isom|iso[2-9]|mp4[12]|M4V |qt {2}|avc1)$/),
};

/** @returns null for what is no image, or of a format without a name here */
export function formatOf(bytes: Uint8Array): string | null {
  return Object.entries(formats).find(([, test]) => test(bytes))?.[0] ?? null;
}

export function isRead(format: string | null): format is ReadFormat {
  return (read as readonly (string | null)[]).includes(format);
}

/** Why a file is not decoded, as one sentence without a full stop. */
export function unreadFault(format: string | null): string {
  return `${format ?? 'not an image, or of a format that is not known'}; read are ${read.slice(0, -1).join(', ')} and ${read.at(-1)}`;
}
