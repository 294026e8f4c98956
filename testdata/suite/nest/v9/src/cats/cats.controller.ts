import { Body, Controller, Get, Param, ParseIntPipe, Post, Query, UseGuards } from '@nestjs/common';
import { Roles, RolesGuard } from '../common/roles.guard';
import { CatsService } from './cats.service';
import { CreateCatDto } from './create-cat.dto';

@Controller('cats')
@UseGuards(RolesGuard)
export class CatsController {
  constructor(private readonly cats: CatsService) {}

  @Post()
  @Roles('admin')
  create(@Body() dto: CreateCatDto) {
    return this.cats.create(dto);
  }

  @Get()
  findAll(@Query('breed') breed?: string) {
    return this.cats.findAll(breed);
  }

  @Get(':id')
  findOne(@Param('id', ParseIntPipe) id: number) {
    return this.cats.findOne(id);
  }
}
