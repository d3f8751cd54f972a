/** A request's body to the files of its images: a form, or JSON with base64. */
import { Ajv } from 'ajv';
import type { FastifyRequest } from 'fastify';
import { type Limits, Refused } from './limits.ts';
import { jsonRequest } from './schemas.ts';
import type { SentImage } from './served-model.ts';

interface JsonBody {
  readonly images: readonly { readonly name?: string; readonly data: string }[];
}

const isJsonBody = new Ajv({ allErrors: true }).compile<JsonBody>(jsonRequest);

const FORMS =
  'Send a form with files (`curl -F images=@photo.jpg`), or JSON: {"images": [{"name": "photo.jpg", "data": "<base64>"}]}.';

/** @throws Refused where there is no image in it, or more than the limits allow */
export async function imagesOf(request: FastifyRequest, limits: Limits): Promise<SentImage[]> {
  const images = request.isMultipart() ? await ofForm(request) : ofJson(request.body, limits);
  if (images.length === 0) throw new Refused(400, 'noImages', 'expected at least one image, got none', FORMS);
  return images;
}

/** The form's reader knows the limits: server.ts. */
async function ofForm(request: FastifyRequest): Promise<SentImage[]> {
  const images: SentImage[] = [];
  for await (const part of request.files()) {
    const name =
      part.filename === '' || part.filename === undefined ? numbered(images.length) : part.filename;
    images.push({ name, bytes: await part.toBuffer() });
  }
  return images;
}

function ofJson(body: unknown, limits: Limits): SentImage[] {
  if (!isJsonBody(body)) {
    const wrong = (isJsonBody.errors ?? []).map(({ instancePath, message, params }) => {
      const key = 'additionalProperty' in params ? ` "${params.additionalProperty}"` : '';
      return `${instancePath === '' ? 'the body' : instancePath} ${message}${key}`;
    });
    throw new Refused(400, 'badRequest', wrong.join('; '), FORMS);
  }
  if (body.images.length > limits.images) throw tooMany(limits);
  return body.images.map(({ name, data }, i) => {
    const image = name ?? numbered(i);
    const encoded = data.replace(/^data:[\w/+.-]+;base64,/, '');
    if (!/^[A-Za-z0-9+/\-_\s]*={0,2}\s*$/.test(encoded))
      throw new Refused(400, 'badRequest', `images[${i}].data is not base64`, FORMS);
    const bytes = Buffer.from(encoded, 'base64');
    if (bytes.length > limits.imageBytes) throw tooLong(limits);
    return { name: image, bytes };
  });
}

const numbered = (index: number): string => `image ${index + 1}`;

export function tooMany({ images }: Limits): Refused {
  return new Refused(
    413,
    'tooMany',
    `expected at most ${images} images in a request, got more`,
    'Send them in several requests; those that come together share a batch anyway.',
  );
}

export function tooLong({ imageBytes }: Limits): Refused {
  const megabytes = (imageBytes / 2 ** 20).toLocaleString('en-US', { maximumFractionDigits: 3 });
  return new Refused(
    413,
    'tooLarge',
    `expected files of at most ${megabytes} MB, got a larger one`,
    'Make the image smaller before you send it.',
  );
}
