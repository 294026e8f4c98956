/**
 * A random choice as SRANDMEMBER and its kin make it: a positive `count` picks that many different elements at most, a
 * negative one exactly that many, where elements may repeat.
 */
export function randomSample<T>(elements: readonly T[], count: number): T[] {
  if (elements.length === 0 || count === 0) return [];
  if (count < 0) {
    return Array.from({ length: -count }, () => pick(elements));
  }
  if (count >= elements.length) return [...elements];
  const pool = [...elements];
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(Math.random() * (pool.length - i));
    [pool[i], pool[j]] = [pool[j]!, pool[i]!];
  }
  return pool.slice(0, count);
}

function pick<T>(elements: readonly T[]): T {
  return elements[Math.floor(Math.random() * elements.length)]!;
}
