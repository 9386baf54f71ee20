/** S3 keeps time in whole seconds. @param time epoch milliseconds */
export const wholeSecond = (time: number): number => Math.floor(time / 1000) * 1000;
