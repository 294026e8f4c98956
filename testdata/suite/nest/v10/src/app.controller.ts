import { Controller, Get, Header, HttpCode, Param, ParseIntPipe, Post, Query, Redirect, Req, Res, StreamableFile, UseInterceptors } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { Request, Response } from 'express';
import { WrapInterceptor } from './common/wrap.interceptor';

@Controller()
export class AppController {
  constructor(private readonly config: ConfigService) {}

  @Get()
  index() {
    return { name: this.config.get('site.name'), environment: this.config.get<string>('NODE_ENV') };
  }

  @Get('wrapped')
  @UseInterceptors(WrapInterceptor)
  wrapped() {
    return ['a', 'b'];
  }

  @Get('number/:n')
  number(@Param('n', ParseIntPipe) n: number, @Query('times') times = '1') {
    return n * Number(times);
  }

  @Get('redirect')
  @Redirect('/api', 302)
  redirect() {}

  @Post('teapot')
  @HttpCode(418)
  @Header('X-Teapot', 'short and stout')
  teapot() {
    return 'tip me over';
  }

  @Get('file')
  file() {
    return new StreamableFile(Buffer.from('file contents'), { type: 'text/plain', disposition: 'attachment; filename="a.txt"' });
  }

  @Get('raw')
  raw(@Req() req: Request, @Res({ passthrough: true }) res: Response) {
    res.cookie('raw', 'yes');
    return `${req.method} ${req.path}`;
  }

  @Get('crash')
  crash() {
    throw new Error('hidden details');
  }
}
