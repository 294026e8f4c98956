import { Module } from '@nestjs/common';
import { CatsController } from './cats.controller';
import { CatsService } from './cats.service';

@Module({
  controllers: [CatsController],
  providers: [CatsService, { provide: 'START', useFactory: async () => 1 }],
  exports: [CatsService],
})
export class CatsModule {}
