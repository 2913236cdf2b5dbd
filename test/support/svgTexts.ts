/** The words of a picture, a text each. */
export function textsOf(svg: string): readonly string[] {
  return [...svg.matchAll(/<(text|tspan)\b[^>]*>([^<]*)</g)].map(([, , text]) => (text ?? "").replaceAll("&gt;", ">"));
}
