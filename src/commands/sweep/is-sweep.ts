/** Whether a file is a sweep: told by the key that a sweep must have and an experiment has not. */
export async function isSweep(file: string): Promise<boolean> {
  const { readDocument } = await import('../../file/read.ts');
  const { value } = readDocument(file).document;
  return typeof value === 'object' && value !== null && 'axes' in value;
}
