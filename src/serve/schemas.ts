/** Requests and answers as JSON Schemas: checked by them, and described by them at /openapi.json. */

const text = { type: 'string' } as const;

/** A request that is JSON. */
export const jsonRequest = {
  type: 'object',
  required: ['images'],
  additionalProperties: false,
  properties: {
    images: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['data'],
        additionalProperties: false,
        properties: {
          name: { ...text, description: 'What the answer calls the image. Its number where left out.' },
          data: {
            ...text,
            description: 'The file of the image in base64: JPEG, PNG, WebP, GIF, TIFF or AVIF.',
          },
        },
      },
    },
  },
} as const;

/** A request that is a form. */
export const formRequest = {
  type: 'object',
  properties: {
    images: {
      type: 'array',
      items: { type: 'string', format: 'binary' },
      description: 'Files of images. The field may have any name and be there more than once.',
    },
  },
} as const;

export const query = {
  type: 'object',
  additionalProperties: false,
  properties: {
    model: { ...text, description: 'One of the names at /models. The first one where left out.' },
    top: {
      type: 'integer',
      minimum: 1,
      default: 1,
      description: 'Name the most probable classes of each head, so many.',
    },
  },
} as const;

const ofHead = {
  type: 'object',
  required: ['class', 'probability', 'probabilities'],
  properties: {
    class: { type: ['string', 'null'], description: 'Null for "don\'t know".' },
    probability: { type: 'number', description: 'Of the class; of the most probable one for "don\'t know".' },
    probabilities: { type: 'object', additionalProperties: { type: 'number' }, description: 'By class.' },
    top: {
      type: 'array',
      items: { type: 'object', properties: { class: text, probability: { type: 'number' } } },
    },
  },
} as const;

export const answers = {
  type: 'object',
  required: ['model', 'images'],
  properties: {
    model: text,
    images: {
      type: 'array',
      description: 'In the order of the request.',
      items: {
        type: 'object',
        required: ['image', 'heads', 'error'],
        properties: {
          image: text,
          heads: {
            type: ['object', 'null'],
            additionalProperties: ofHead,
            description: 'By head; null for a damaged image.',
          },
          error: { type: ['string', 'null'], description: 'What is wrong with the image.' },
        },
      },
    },
  },
} as const;

export const refusal = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: text, message: text, hint: text },
    },
  },
} as const;

export const models = {
  type: 'object',
  properties: {
    models: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          name: text,
          description: text,
          run: text,
          heads: {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                name: text,
                classes: { type: 'array', items: text },
                ordinal: { type: 'boolean' },
              },
            },
          },
          decisions: { type: 'array', items: text, description: 'What changes the answers, in words.' },
        },
      },
    },
  },
} as const;
