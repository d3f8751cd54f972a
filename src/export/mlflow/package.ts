/** What writes a model for MLflow. It is loaded when a server wants it: most runs are told to none. */
import type { PackageModel } from '../../track/delivery.ts';

export const packageModel: PackageModel = async (wanted) => {
  const { writePackage } = await import('./write.ts');
  await writePackage(wanted);
};
