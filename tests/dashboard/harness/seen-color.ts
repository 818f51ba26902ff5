/**
 * Colours as they are seen: their contrast, how far apart two are, and what people see of them whose cones lack a pigment.
 * Only the tests of the palette need it.
 */

/** Red, green and blue, 0 to 1, as the style sheet has them: not linear. */
export type Rgb = readonly [red: number, green: number, blue: number];
type Triple = readonly [number, number, number];
type Matrix = readonly [Triple, Triple, Triple];

/** `#1d7a55` */
export function parseHex(hex: string): Rgb {
  const digits = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(hex);
  if (digits === null) throw new Error(`${hex} is no colour of six hexadecimal digits`);
  const [, red = "", green = "", blue = ""] = digits;
  return [parseInt(red, 16) / 255, parseInt(green, 16) / 255, parseInt(blue, 16) / 255];
}

const mapThree = (values: Triple, change: (value: number) => number): Triple => [
  change(values[0]),
  change(values[1]),
  change(values[2]),
];

const multiply = (matrix: Matrix, [a, b, c]: Triple): Triple =>
  mapThree([0, 1, 2], (row) => {
    const [x, y, z] = matrix[row] ?? [0, 0, 0];
    return x * a + y * b + z * c;
  });

const toLinear = (rgb: Rgb): Triple =>
  mapThree(rgb, (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));

const fromLinear = (linear: Triple): Rgb =>
  mapThree(linear, (value) => {
    const within = Math.min(1, Math.max(0, value));
    return within <= 0.0031308 ? within * 12.92 : 1.055 * within ** (1 / 2.4) - 0.055;
  });

const luminance = (rgb: Rgb): number => {
  const [red, green, blue] = toLinear(rgb);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

/** The contrast ratio of WCAG 2: 1 to 21. */
export function contrastOf(one: Rgb, other: Rgb): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/**
 * `color-mix(in oklab, one share, other)`.
 * Björn Ottosson, "A perceptual color space for image processing", 2020; CSS Color 4 has its matrices.
 */
export function mixInOklab(one: Rgb, share: number, other: Rgb): Rgb {
  const [from, to] = [toOklab(other), toOklab(one)];
  return fromOklab([
    from[0] + (to[0] - from[0]) * share,
    from[1] + (to[1] - from[1]) * share,
    from[2] + (to[2] - from[2]) * share,
  ]);
}

const toOklab = (rgb: Rgb): Triple => {
  const cones = multiply(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    toLinear(rgb),
  );
  return multiply(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    mapThree(cones, Math.cbrt),
  );
};

const fromOklab = (lab: Triple): Rgb => {
  const roots = multiply(
    [
      [1, 0.3963377774, 0.2158037573],
      [1, -0.1055613458, -0.0638541728],
      [1, -0.0894841775, -1.291485548],
    ],
    lab,
  );
  const linear = multiply(
    [
      [4.0767416621, -3.3077115913, 0.2309699292],
      [-1.2684380046, 2.6097574011, -0.3413193965],
      [-0.0041960863, -0.7034186147, 1.707614701],
    ],
    mapThree(roots, (root) => root ** 3),
  );
  return fromLinear(linear);
};

export type Vision = "normal" | "protan" | "deutan" | "tritan";

/**
 * What is seen without one kind of cone, in linear light: severity 1.
 * G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A physiologically-based model for simulation of color vision
 * deficiency", IEEE TVCG 15(6), 2009, table 1.
 */
const deficiencies: Readonly<Record<Exclude<Vision, "normal">, Matrix>> = {
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

export function seenBy(vision: Vision, rgb: Rgb): Rgb {
  return vision === "normal" ? rgb : fromLinear(multiply(deficiencies[vision], toLinear(rgb)));
}

/** CIE L*a*b* under D65. */
function toLab(rgb: Rgb): Triple {
  const [x, y, z] = multiply(
    [
      [0.4124564, 0.3575761, 0.1804375],
      [0.2126729, 0.7151522, 0.072175],
      [0.0193339, 0.119192, 0.9503041],
    ],
    toLinear(rgb),
  );
  const [fx, fy, fz] = mapThree([x / 0.95047, y, z / 1.08883], (value) =>
    value > 216 / 24_389 ? Math.cbrt(value) : ((24_389 / 27) * value + 16) / 116,
  );
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

const toRadians = (degrees: number): number => (degrees * Math.PI) / 180;
const hueOf = (a: number, b: number): number =>
  (a === 0 && b === 0 ? 0 : (Math.atan2(b, a) * 180) / Math.PI + 360) % 360;

/**
 * The colour difference ΔE2000: below 1 nobody sees it, from 10 on it is seen at a glance.
 * G. Sharma, W. Wu, E. N. Dalal, "The CIEDE2000 color-difference formula", Color Research and Application 30(1), 2005.
 */
export function differenceOf(one: Rgb, other: Rgb): number {
  return differenceOfLab(toLab(one), toLab(other));
}

export function differenceOfLab([l1, a1, b1]: Triple, [l2, a2, b2]: Triple): number {
  const chroma7 = ((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2) ** 7;
  const stretch = 1.5 - 0.5 * Math.sqrt(chroma7 / (chroma7 + 25 ** 7));
  const [c1, c2] = [Math.hypot(a1 * stretch, b1), Math.hypot(a2 * stretch, b2)];
  const [h1, h2] = [hueOf(a1 * stretch, b1), hueOf(a2 * stretch, b2)];

  const isGrey = c1 * c2 === 0;
  const turn = isGrey ? 0 : ((h2 - h1 + 540) % 360) - 180;
  const meanHue = isGrey ? h1 + h2 : (h1 + turn / 2 + 360) % 360;
  const meanLightness = (l1 + l2) / 2;
  const meanChroma = (c1 + c2) / 2;

  const t =
    1 -
    0.17 * Math.cos(toRadians(meanHue - 30)) +
    0.24 * Math.cos(toRadians(2 * meanHue)) +
    0.32 * Math.cos(toRadians(3 * meanHue + 6)) -
    0.2 * Math.cos(toRadians(4 * meanHue - 63));
  const fromMiddle = (meanLightness - 50) ** 2;
  const lightness = (l2 - l1) / (1 + (0.015 * fromMiddle) / Math.sqrt(20 + fromMiddle));
  const chroma = (c2 - c1) / (1 + 0.045 * meanChroma);
  const hue = (2 * Math.sqrt(c1 * c2) * Math.sin(toRadians(turn / 2))) / (1 + 0.015 * meanChroma * t);
  const mean7 = meanChroma ** 7;
  const blue = Math.sin(toRadians(60 * Math.exp(-(((meanHue - 275) / 25) ** 2))));
  const rotation = -2 * Math.sqrt(mean7 / (mean7 + 25 ** 7)) * blue;
  return Math.sqrt(lightness ** 2 + chroma ** 2 + hue ** 2 + rotation * chroma * hue);
}
