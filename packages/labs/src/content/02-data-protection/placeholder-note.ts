/** Said where a file has placeholders (`../../placeholders.ts` fills them in). */
export const placeholderNote =
  "Names in double braces, such as `{{keys:jobs}}` or `{{network:Vpc}}`, stand for values of your deployment; the lab fills them in when it puts your file in force. You may write the values themselves instead.";
