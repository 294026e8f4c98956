import { MiddlewareConsumer, Module, NestModule } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { AppController } from './app.controller';
import { CatsModule } from './cats/cats.module';
import { RequestIdMiddleware } from './common/request-id.middleware';

@Module({
  imports: [ConfigModule.forRoot({ isGlobal: true, load: [() => ({ site: { name: 'cattery' } })] }), CatsModule],
  controllers: [AppController],
})
export class AppModule implements NestModule {
  configure(consumer: MiddlewareConsumer) {
    consumer.apply(RequestIdMiddleware).forRoutes(AppController);
  }
}
