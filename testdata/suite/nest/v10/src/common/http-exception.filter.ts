import { ArgumentsHost, Catch, ExceptionFilter, HttpException } from '@nestjs/common';
import { Request, Response } from 'express';

@Catch(HttpException)
export class HttpExceptionFilter implements ExceptionFilter {
  catch(exception: HttpException, host: ArgumentsHost) {
    const http = host.switchToHttp();
    const status = exception.getStatus();
    http.getResponse<Response>().status(status).json({ status, path: http.getRequest<Request>().url, response: exception.getResponse() });
  }
}
