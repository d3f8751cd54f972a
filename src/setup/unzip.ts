// In: a zip file (a Python wheel) and a choice of its members. Out: those members as files, with their modes.
// Format: APPNOTE.TXT 6.3.10 sections 4.3.7 and 4.3.12. Streams, since one member is 1 GB; ZIP64 is refused.

import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { RunError } from '../errors.ts';
import { setupLine } from './stamp.mjs';

interface Member {
  readonly name: string;
  readonly deflated: boolean;
  readonly compressedBytes: number;
  readonly bytes: number;
  readonly offset: number;
  readonly mode: number;
}

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const localHeaderBytes = 30;
/** The end record without its comment, and the longest comment. */
const endBytes = 22;
const longestComment = 65_535;

/**
 * Unpacks the members that `wanted` accepts, under their own names.
 * @param onBytes told the number of bytes written with each piece
 * @throws RunError where the file is not a whole zip file
 */
export async function unzip(
  path: string,
  folder: string,
  wanted: (name: string) => boolean,
  onBytes: (bytes: number) => void = () => {},
): Promise<void> {
  for (const member of await readMembers(path)) {
    if (member.name.endsWith('/') || !wanted(member.name)) continue;
    if (member.name.startsWith('/') || member.name.split('/').includes('..')) throw damaged(path);
    await extract(path, member, join(folder, member.name), onBytes);
  }
}

async function extract(path: string, member: Member, target: string, onBytes: (bytes: number) => void) {
  await mkdir(dirname(target), { recursive: true });
  const start = await dataStart(path, member);
  let written = 0;
  const count = new Transform({
    transform(piece: Buffer, _encoding, done) {
      written += piece.length;
      onBytes(piece.length);
      done(null, piece);
    },
  });
  if (member.bytes === 0) return writeFile(target, '', { mode: member.mode });
  const output = createWriteStream(target, { mode: member.mode });
  const input = createReadStream(path, { start, end: start + member.compressedBytes - 1 });
  if (member.deflated) await pipeline(input, createInflateRaw(), count, output);
  else await pipeline(input, count, output);
  if (written !== member.bytes) throw damaged(path);
}

/** The local header repeats the name and has its own extra field, so only it says where the data begin. */
async function dataStart(path: string, member: Member): Promise<number> {
  const header = await readAt(path, member.offset, localHeaderBytes);
  return member.offset + localHeaderBytes + header.readUInt16LE(26) + header.readUInt16LE(28);
}

async function readMembers(path: string): Promise<Member[]> {
  const { size } = await statOf(path);
  const tailBytes = Math.min(size, endBytes + longestComment);
  const tail = await readAt(path, size - tailBytes, tailBytes);
  let at = tail.length - endBytes;
  while (at >= 0 && tail.readUInt32LE(at) !== endSignature) at -= 1;
  if (at < 0) throw damaged(path);
  const count = tail.readUInt16LE(at + 10);
  const directory = await readAt(path, tail.readUInt32LE(at + 16), tail.readUInt32LE(at + 12));
  const members: Member[] = [];
  let entry = 0;
  for (let index = 0; index < count; index += 1) {
    if (directory.readUInt32LE(entry) !== entrySignature) throw damaged(path);
    const nameBytes = directory.readUInt16LE(entry + 28);
    const member: Member = {
      name: directory.toString('utf8', entry + 46, entry + 46 + nameBytes),
      deflated: directory.readUInt16LE(entry + 10) === 8,
      compressedBytes: directory.readUInt32LE(entry + 20),
      bytes: directory.readUInt32LE(entry + 24),
      offset: directory.readUInt32LE(entry + 42),
      // Upper half of the external attributes: the Unix mode. Readable by all, since the cache may be shared.
      mode: (directory.readUInt32LE(entry + 38) >>> 16) & 0o100 ? 0o755 : 0o644,
    };
    if (member.bytes === 0xffffffff || member.offset === 0xffffffff)
      throw damaged(path, 'it is in ZIP64 format');
    members.push(member);
    entry += 46 + nameBytes + directory.readUInt16LE(entry + 30) + directory.readUInt16LE(entry + 32);
  }
  return members;
}

async function statOf(path: string) {
  const file = await open(path);
  try {
    return await file.stat();
  } finally {
    await file.close();
  }
}

async function readAt(path: string, position: number, bytes: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, position);
    if (bytesRead !== bytes) throw damaged(path);
    return buffer;
  } finally {
    await file.close();
  }
}

function damaged(path: string, reason = 'it is not a whole zip file'): RunError {
  return new RunError(`${path} cannot be unpacked: ${reason}`, {
    hint: `Delete it and start \`${setupLine()}\` again.`,
  });
}
