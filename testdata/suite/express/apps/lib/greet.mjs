export const compile = (name) => `Hello, ${name}!`;
