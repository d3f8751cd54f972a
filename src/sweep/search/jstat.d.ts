/** What is used of jStat, which brings no types. */
declare module 'jstat' {
  export interface Student {
    /** @param freedom degrees of freedom, any number above 0 */
    cdf(x: number, freedom: number): number;
    inv(p: number, freedom: number): number;
  }
  const jstat: {
    readonly studentt: Student;
    /** The error function, to about 1e-16. */
    erf(x: number): number;
  };
  // biome-ignore lint/style/noDefaultExport: this is how the package exports
  export default jstat;
}
