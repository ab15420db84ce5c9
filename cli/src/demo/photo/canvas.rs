//! A small canvas: fills, gradients, polygons, grain.

/// A colour: red, green, blue, 0–255.
pub type Colour = [u8; 3];

/// An RGB picture being drawn. Coordinates are pixels from the upper left corner.
#[derive(Debug)]
pub struct Canvas {
    width: i32,
    height: i32,
    pixels: Vec<u8>,
}

impl Canvas {
    /// A black canvas.
    pub fn new((width, height): (u32, u32)) -> Canvas {
        let pixels = vec![0; width as usize * height as usize * 3];
        Canvas { width: width as i32, height: height as i32, pixels }
    }

    /// The bytes, row by row.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// Width and height.
    pub fn size(&self) -> (i32, i32) {
        (self.width, self.height)
    }

    /// A horizontal run.
    pub fn run(&mut self, y: i32, from: i32, to: i32, colour: Colour) {
        let (from, to) = (from.clamp(0, self.width), to.clamp(0, self.width));
        if y < 0 || y >= self.height || from >= to {
            return;
        }
        let start = (y * self.width + from) as usize * 3;
        let end = (y * self.width + to) as usize * 3;
        for pixel in self.pixels[start..end].chunks_exact_mut(3) {
            pixel.copy_from_slice(&colour);
        }
    }

    /// A filled rectangle.
    pub fn rect(&mut self, (x, y): (i32, i32), (w, h): (i32, i32), colour: Colour) {
        for row in y..y + h {
            self.run(row, x, x + w, colour);
        }
    }

    /// A vertical gradient over rows `from..to`.
    pub fn gradient(&mut self, from: i32, to: i32, top: Colour, bottom: Colour) {
        for y in from..to {
            let share = f64::from(y - from) / f64::from((to - from).max(1));
            self.run(y, 0, self.width, mix(top, bottom, share));
        }
    }

    /// Everything below a skyline, given as the row for each column.
    pub fn below(&mut self, skyline: impl Fn(i32) -> i32, colour: Colour) {
        let tops: Vec<i32> = (0..self.width).map(skyline).collect();
        let highest = tops.iter().copied().min().unwrap_or(0).max(0);
        // Row by row, as the bytes lie.
        for y in highest..self.height {
            let start = (y * self.width) as usize * 3;
            let row = &mut self.pixels[start..start + self.width as usize * 3];
            for (pixel, top) in row.chunks_exact_mut(3).zip(&tops) {
                if y >= *top {
                    pixel.copy_from_slice(&colour);
                }
            }
        }
    }

    /// A filled polygon (even-odd).
    pub fn polygon(&mut self, corners: &[(i32, i32)], colour: Colour) {
        let top = corners.iter().map(|c| c.1).min().unwrap_or(0).max(0);
        let bottom = corners.iter().map(|c| c.1).max().unwrap_or(0).min(self.height);
        let mut crossings = Vec::new();
        for y in top..bottom {
            crossings.clear();
            for (i, &(x0, y0)) in corners.iter().enumerate() {
                let (x1, y1) = corners[(i + 1) % corners.len()];
                if (y0 <= y) != (y1 <= y) {
                    crossings.push(x0 + (y - y0) * (x1 - x0) / (y1 - y0));
                }
            }
            crossings.sort_unstable();
            for pair in crossings.chunks_exact(2) {
                self.run(y, pair[0], pair[1], colour);
            }
        }
    }

    /// A filled ellipse.
    pub fn ellipse(&mut self, (cx, cy): (i32, i32), (rx, ry): (i32, i32), colour: Colour) {
        for y in cy - ry..=cy + ry {
            let share = f64::from(y - cy) / f64::from(ry.max(1));
            let half = (f64::from(rx) * (1.0 - share * share).max(0.0).sqrt()) as i32;
            self.run(y, cx - half, cx + half, colour);
        }
    }

    /// The light of the hour (1 is noon) and grain as of a small sensor: up to ±`amount`,
    /// brightness more than hue.
    pub fn develop(&mut self, light: f64, seed: u64, amount: i16) {
        let mut state = seed | 1;
        let span = 2 * amount + 1;
        let gain = (light * 64.0) as i16;
        for pixel in self.pixels.chunks_exact_mut(3) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let grain = (state & 0xff) as i16 % span - amount;
            for (i, channel) in pixel.iter_mut().enumerate() {
                let hue = ((state >> (8 + 8 * i)) & 3) as i16;
                *channel = (i16::from(*channel) * gain / 64 + grain + hue).clamp(0, 255) as u8;
            }
        }
    }
}

/// Between two colours; 0 is the first, 1 the second.
pub fn mix(a: Colour, b: Colour, share: f64) -> Colour {
    let channel = |i: usize| {
        let value = f64::from(a[i]) + (f64::from(b[i]) - f64::from(a[i])) * share;
        value.clamp(0.0, 255.0) as u8
    };
    [channel(0), channel(1), channel(2)]
}
