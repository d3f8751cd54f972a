// Loaded into every Node that `npm run test:native` starts: where the binding is asked for, the sanitized one comes.
const original = process.dlopen;

/** @type {typeof process.dlopen} */
process.dlopen = (module, file, ...flags) => {
  const sanitized = process.env.MANYHEADS_SANITIZED_BINDING;
  const isBinding = file.endsWith('/tfjs_binding.node') && sanitized !== undefined;
  return original.call(process, module, isBinding ? sanitized : file, ...flags);
};
