/**
 * How CloudFormation reads plain YAML scalars: no timestamps, binary or base-60 numbers ("Template formats"), so
 * `Version: 2012-10-17` stays text. `yes`, `no`, `on` and `off` stay text too, since public templates compare them
 * with quoted parameter values; where a property is a boolean they count as one (shape.ts). A number whose text
 * says more than its value (`1.10`, `007`, more digits than a double has) stays text.
 */
const TRUE = /^(?:true|True|TRUE)$/;
const FALSE = /^(?:false|False|FALSE)$/;
const NULL = /^(?:~|null|Null|NULL|)$/;
const NUMBER = /^[-+]?(?:[0-9]+|[0-9]*\.[0-9]+|[0-9]+\.)(?:[eE][-+]?[0-9]+)?$/;

/** The value of an unquoted scalar. */
export function plainScalar(text: string): string | number | boolean | null {
  if (NULL.test(text)) return null;
  if (TRUE.test(text)) return true;
  if (FALSE.test(text)) return false;
  if (!NUMBER.test(text)) return text;
  const value = Number(text);
  return String(value) === text ? value : text;
}
