import { setTimeout as sleep } from 'node:timers/promises';

export default function add({ a, b }) {
  if (Number.isNaN(a)) throw new TypeError('a number, please');
  return a + b;
}

export const multiply = async ({ a, b }) => {
  await sleep(5);
  return a * b;
};

export { sleepFor as sleep };
async function sleepFor({ ms }) {
  await sleep(ms);
}
