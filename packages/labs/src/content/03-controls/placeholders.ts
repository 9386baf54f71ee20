/** Said in every step whose file has placeholders (`../../placeholders.ts` fills them in). */
export const placeholderNote =
  "Names in double braces, such as `{{network:PrivateSubnet1}}`, stand for values of your deployment: the lab fills them in when it puts the file in force, so the same file works after a reset and on AWS. You may write the values themselves instead.";
