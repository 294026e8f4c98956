import { Injectable } from '@app/decorators';

@Injectable()
export class Clock {
  constructor(private readonly start: Date) {}

  get year(): number {
    return this.start.getUTCFullYear();
  }
}
