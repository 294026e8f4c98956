require('reflect-metadata');
const { createExpressServer, getMetadataArgsStorage, JsonController, Get, Post, Param, Body, QueryParam, HttpError, OnUndefined, UseBefore } = require('routing-controllers');

class UserController {
  getAll(limit) {
    return [{ id: 1 }, { id: 2 }].slice(0, limit ?? 2);
  }
  getOne(id) {
    if (id > 2) throw new HttpError(410, 'gone');
    return id === 2 ? undefined : { id };
  }
  create(user) {
    return { created: user };
  }
}
const decorate = (decorators, method, types) => {
  Reflect.defineMetadata('design:paramtypes', types, UserController.prototype, method);
  for (const decorator of decorators) decorator(UserController.prototype, method, Object.getOwnPropertyDescriptor(UserController.prototype, method));
};
QueryParam('limit')(UserController.prototype, 'getAll', 0);
decorate([Get('/')], 'getAll', [Number]);
Param('id')(UserController.prototype, 'getOne', 0);
decorate([OnUndefined(404), Get('/:id')], 'getOne', [Number]);
Body()(UserController.prototype, 'create', 0);
decorate([Post('/')], 'create', [Object]);
JsonController('/users')(UserController);

createExpressServer({ controllers: [UserController], classTransformer: false, validation: false }).listen(3000);
