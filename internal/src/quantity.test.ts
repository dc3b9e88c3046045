import { describe, expect, it } from 'vitest';
import { bytes, count, duration, misestimate, percent, quantity, quantityText, shortCount } from './quantity.ts';

describe('quantities', () => {
  it.each([
    [0, '0 ns'],
    [999, '999 ns'],
    [1500, '1.50 µs'],
    [999_600, '1 ms'],
    [37_600_000, '37.6 ms'],
    [1_270_000_000, '1.27 s'],
    [90e9, '1.50 min'],
    [36e12, '10 h'],
    [-2_000_000, '-2 ms'],
  ])('%d ns is %s', (value, text) => {
    expect(quantityText(duration(value))).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1544, '1.54 kB'],
    [999_600, '1 MB'],
    [207_130_015, '207 MB'],
  ])('%d bytes are %s', (value, text) => {
    expect(quantityText(bytes(value))).toBe(text);
  });

  it.each([
    [1, '{row}', '1 row'],
    [626_590, '{row}', '626,590 rows'],
    [3, '{batch}', '3 batches'],
    [2, '{row_group}', '2 row groups'],
    [0.000_083, '1', '0.000083'],
    [7, 'furlong', '7 furlong'],
    [12, undefined, '12'],
  ])('%d %s is %s', (value, unit, text) => {
    expect(quantityText(quantity(value, unit))).toBe(text);
  });

  it('shortens counts only where there is no room for them', () => {
    expect(count(5_916_591)).toBe('5,916,591');
    expect(shortCount(5_916_591)).toBe('5.92 M');
    expect(shortCount(52)).toBe('52');
  });

  it('has a digit more for small shares', () => {
    expect([0, 0.0004, 0.042, 0.58, 1].map(percent)).toEqual(['0 %', '< 0.1 %', '4.2 %', '58 %', '100 %']);
  });
});

describe('misestimate', () => {
  it.each([
    [52, 6010, '120× fewer'],
    [4, 1_200_000, '300,000× fewer'],
    [5_916_591, 1_200_243, '4.9× more'],
    [0, 40, '40× fewer'],
  ])('%d rows where %d were estimated are %s', (rows, estimated, text) => {
    expect(misestimate(rows, estimated)?.text).toBe(text);
  });

  it('says nothing below a factor of two, or of what is unknown', () => {
    expect(misestimate(199, 100)).toBeUndefined();
    expect(misestimate(undefined, 100)).toBeUndefined();
    expect(misestimate(100, undefined)).toBeUndefined();
  });
});
