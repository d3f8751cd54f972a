/** The formats of `run export`, by the names that a person gives them. A new one is a folder with a file, and a line here. */
import type { ExportFormat } from './format.ts';
import { onnx } from './onnx/onnx.ts';
import { savedmodel } from './savedmodel/savedmodel.ts';
import { tfjs } from './tfjs/tfjs.ts';

export const formats = { onnx, savedmodel, tfjs } as const satisfies Readonly<Record<string, ExportFormat>>;

export type FormatName = keyof typeof formats;

export const formatNames = Object.keys(formats) as FormatName[];
