/** launch.mjs and what it imports before packages are needed: paths in src. */
export const launcherFiles = [
  'launch.mjs',
  ...['compiled', 'program', 'stamp', 'versions'].map((name) => `setup/${name}.mjs`),
  ...['cache-folder', 'whole'].map((name) => `machine/${name}.mjs`),
];
