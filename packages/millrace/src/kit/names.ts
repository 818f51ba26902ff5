/** Names for runs that people can say and remember. */

import { pick, type Random } from "./random.ts";

const adjectives = words(`
  able agile amber ample ancient apt arctic autumn azure balmy bold brave breezy bright brisk bronze busy calm candid
  careful cheerful chestnut civil clear clever cobalt copper coral cosmic cosy crimson crisp curious daring dapper deft
  diligent eager early earnest easy elegant emerald fabled fair faithful famous fearless fine fleet fluent fond free fresh
  frosty gentle gilded glad golden graceful grand great hardy hazel hearty hidden honest humble indigo ivory jade jolly
  jovial keen kind lively loyal lucid lucky lunar mellow merry mighty mild misty modest mossy neat nimble noble olive
  orderly patient pearly placid plucky polar polite proud prudent quick quiet radiant rapid ready rosy ruby rustic sage
  sandy scarlet serene sharp silent silver sleek smart smooth snowy solar solid sonic spry stable steady stellar sturdy
  subtle sunny superb swift tawny tender tidy timely tranquil true trusty upbeat valiant velvet vernal vivid warm
  watchful wide winged wise witty woven zesty
`);

const animals = words(`
  albatross alpaca antelope armadillo auk avocet badger barbet bat bear beaver bison bittern bluejay boar bobcat bonobo
  bullfinch bunting buzzard camel capybara caracal caribou cat chamois cheetah chinchilla chipmunk civet condor cormorant
  cougar coyote crane cricket crow curlew deer dingo dolphin dormouse dove dragonfly duck dunlin eagle echidna egret eider
  eland elephant elk emu ermine falcon ferret finch firefly flamingo fox frog gannet gazelle gecko gerbil gibbon giraffe
  goldfinch goose grebe grouse gull hare harrier hawk hedgehog heron hoopoe horse hummingbird ibex ibis iguana impala
  jackdaw jaguar jay kestrel kingfisher kite kiwi koala kudu lapwing lark lemur leopard linnet lion lizard llama lynx
  macaw magpie mallard manatee marmot marten meerkat merlin mole moose moth narwhal newt nightjar ocelot okapi oriole
  oryx osprey otter owl panda pangolin panther parrot partridge pelican penguin petrel pheasant pika pipit plover
  porcupine puffin puma quail quokka rabbit raccoon raven reindeer robin salmon sandpiper seal serval shearwater siskin
  skylark sloth snipe sparrow squirrel starling stoat stork swallow swan swift tamarin tapir teal tern thrush tiger toad
  toucan turtle vicuna vole wagtail walrus warbler weasel whale wolf wombat woodcock woodpecker wren yak zebra
`);

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

/** A name such as "gentle-otter", one of 28,086. Not unique. */
export function randomName(random: Random): string {
  return `${pick(random, adjectives)}-${pick(random, animals)}`;
}
