import 'reflect-metadata';

const ROUTES = Symbol('routes');

interface Route {
  method: string;
  path: string;
  handler: string;
}

export function Get(path: string): MethodDecorator {
  return (target, handler) => {
    const routes: Route[] = Reflect.getMetadata(ROUTES, target) ?? [];
    Reflect.defineMetadata(ROUTES, [...routes, { method: 'GET', path, handler: String(handler) }], target);
  };
}

export function Injectable(): ClassDecorator {
  return (target) => Reflect.defineMetadata('injectable', true, target);
}

export function routesOf(controller: object): Route[] {
  return Reflect.getMetadata(ROUTES, Object.getPrototypeOf(controller)) ?? [];
}

export function dependenciesOf(target: object): string[] {
  const types: { name: string }[] = Reflect.getMetadata('design:paramtypes', target) ?? [];
  return types.map((type) => type.name);
}
