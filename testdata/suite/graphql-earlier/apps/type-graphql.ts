import 'reflect-metadata';
import { ApolloServer } from 'apollo-server';
import { Length } from 'class-validator';
import { Arg, Field, ID, InputType, Int, Mutation, ObjectType, Query, Resolver, buildSchema } from 'type-graphql';

@ObjectType()
class Recipe {
  @Field(() => ID)
  id!: string;

  @Field()
  title!: string;

  @Field(() => Int, { nullable: true })
  minutes?: number;
}

@InputType()
class NewRecipe {
  @Field()
  @Length(3, 20)
  title!: string;

  @Field(() => Int, { nullable: true })
  minutes?: number;
}

@Resolver(Recipe)
class RecipeResolver {
  private readonly recipes: Recipe[] = [{ id: '1', title: 'Soup', minutes: 20 }];

  @Query(() => [Recipe])
  all(): Recipe[] {
    return this.recipes;
  }

  @Query(() => Recipe, { nullable: true })
  recipe(@Arg('id') id: string): Recipe | undefined {
    return this.recipes.find((recipe) => recipe.id === id);
  }

  @Mutation(() => Recipe)
  add(@Arg('recipe') recipe: NewRecipe): Recipe {
    const added = { id: String(this.recipes.length + 1), ...recipe };
    this.recipes.push(added);
    return added;
  }
}

async function main(): Promise<void> {
  const schema = await buildSchema({ resolvers: [RecipeResolver] });
  const server = new ApolloServer({ schema, csrfPrevention: true, cache: 'bounded', debug: false });
  await server.listen(process.env.PORT || 3000);
}

void main();
