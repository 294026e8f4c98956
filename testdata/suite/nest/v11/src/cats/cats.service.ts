import { Inject, Injectable, NotFoundException, OnModuleInit } from '@nestjs/common';
import { CreateCatDto } from './create-cat.dto';

export interface Cat extends CreateCatDto {
  id: number;
}

@Injectable()
export class CatsService implements OnModuleInit {
  private readonly cats: Cat[] = [];
  private next = 0;

  constructor(@Inject('START') private readonly start: number) {}

  onModuleInit() {
    this.next = this.start;
  }

  create(dto: CreateCatDto): Cat {
    const cat = { id: this.next++, ...dto };
    this.cats.push(cat);
    return cat;
  }

  findAll(breed?: string): Cat[] {
    return breed ? this.cats.filter((cat) => cat.breed === breed) : this.cats;
  }

  findOne(id: number): Cat {
    const cat = this.cats.find((candidate) => candidate.id === id);
    if (!cat) throw new NotFoundException(`no cat ${id}`);
    return cat;
  }
}
