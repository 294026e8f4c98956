import { Type } from 'class-transformer';
import { IsArray, IsInt, IsOptional, IsString, Min, MinLength, ValidateNested } from 'class-validator';

export class ToyDto {
  @IsString()
  name!: string;
}

export class CreateCatDto {
  @IsString()
  @MinLength(2)
  name!: string;

  @IsInt()
  @Min(0)
  age!: number;

  @IsOptional()
  @IsString()
  breed?: string;

  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => ToyDto)
  toys?: ToyDto[];
}
