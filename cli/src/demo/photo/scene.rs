//! The scenes: hills and sky behind, one thing in front.

use super::{
    Scene,
    canvas::{Canvas, Colour, mix},
};
use crate::demo::rng::Rng;

/// Draws a scene.
pub fn draw(canvas: &mut Canvas, scene: Scene, rng: &mut Rng) {
    let horizon = backdrop(canvas, rng);
    match scene {
        Scene::BrickHouse => house(canvas, BRICK, horizon, rng),
        Scene::WoodHouse => house(canvas, WOOD, horizon, rng),
        Scene::BambooHouse => house(canvas, BAMBOO, horizon, rng),
        Scene::Toilet => toilet(canvas, horizon, rng),
        Scene::Bins => bins(canvas, horizon, rng),
        Scene::Tank => tank(canvas, horizon, rng),
    }
}

/// Sky, two or three ridges, grass; returns the row where the ground begins.
fn backdrop(canvas: &mut Canvas, rng: &mut Rng) -> i32 {
    let (_, height) = canvas.size();
    let horizon = height * 11 / 20 + rng.whole(-30, 20) as i32;
    let sky: Colour =
        *rng.pick(&[[122, 168, 214], [168, 186, 202], [196, 202, 206], [110, 150, 200]]);
    canvas.gradient(0, horizon + 40, sky, [224, 230, 232]);
    for ridge in 0..rng.whole(2, 3) as i32 {
        let (rise, phase) = (rng.between(30.0, 70.0), rng.between(0.0, 6.0));
        let (slow, fast) = (rng.between(0.006, 0.012), rng.between(0.02, 0.035));
        let base = f64::from(horizon) - 70.0 + 40.0 * f64::from(ridge);
        let far = f64::from(3 - ridge) / 4.0;
        let colour = mix([52, 92, 48], [150, 172, 186], far);
        canvas.below(
            |x| {
                let x = f64::from(x);
                (base - rise * (x * slow + phase).sin() - 9.0 * (x * fast + phase).cos()) as i32
            },
            colour,
        );
    }
    let grass: Colour = *rng.pick(&[[116, 132, 66], [134, 122, 78], [98, 120, 60], [150, 130, 96]]);
    canvas.gradient(horizon, height, grass, mix(grass, [70, 60, 40], 0.35));
    for _ in 0..rng.whole(3, 7) {
        tree(canvas, horizon, rng);
    }
    for _ in 0..240 {
        let (x, y) = (rng.whole(0, 639) as i32, rng.whole(i64::from(horizon) + 8, 479) as i32);
        canvas.rect((x, y), (rng.whole(1, 6) as i32, 2), mix(grass, [40, 56, 24], rng.unit()));
    }
    horizon
}

fn tree(canvas: &mut Canvas, horizon: i32, rng: &mut Rng) {
    let (x, size) = (rng.whole(0, 640) as i32, rng.whole(14, 42) as i32);
    canvas.rect((x - 2, horizon - size / 2), (5, size), [84, 62, 44]);
    for _ in 0..5 {
        let shift = (rng.whole(-12, 12) as i32, rng.whole(-14, 8) as i32);
        let green = mix([44, 84, 36], [96, 128, 60], rng.unit());
        let at = (x + shift.0, horizon - size / 2 + shift.1);
        canvas.ellipse(at, (size / 2, size / 2 - 2), green);
    }
}

/// How a house is built.
struct Build {
    walls: &'static [Colour],
    roofs: &'static [Colour],
    /// Distance of the lines in the walls: bricks, planks, canes.
    lines: i32,
    upright: bool,
    windows: i64,
    ragged: bool,
}

const BRICK: Build = Build {
    walls: &[[214, 196, 150], [196, 208, 186], [222, 210, 196], [178, 116, 92]],
    roofs: &[[150, 62, 46], [168, 84, 60], [120, 56, 52]],
    lines: 14,
    upright: false,
    windows: 3,
    ragged: false,
};
const WOOD: Build = Build {
    walls: &[[128, 92, 62], [146, 110, 74], [108, 80, 58]],
    roofs: &[[126, 138, 150], [86, 112, 150], [140, 96, 84]],
    lines: 16,
    upright: true,
    windows: 2,
    ragged: false,
};
const BAMBOO: Build = Build {
    walls: &[[176, 150, 98], [158, 136, 92], [140, 122, 90]],
    roofs: &[[132, 112, 74], [112, 98, 70], [120, 118, 106]],
    lines: 7,
    upright: true,
    windows: 1,
    ragged: true,
};

fn house(canvas: &mut Canvas, build: Build, horizon: i32, rng: &mut Rng) {
    let wide = if build.ragged { rng.whole(200, 270) } else { rng.whole(270, 390) } as i32;
    let high = rng.whole(100, 145) as i32;
    let x = rng.whole(70, i64::from(600 - wide)) as i32;
    let y = horizon + rng.whole(-60, -20) as i32;
    let wall = *rng.pick(build.walls);
    canvas.rect((x, y), (wide, high), wall);
    let dark = mix(wall, [30, 24, 20], 0.28);
    let mut at = build.lines;
    while at < if build.upright { wide } else { high } {
        match build.upright {
            true => canvas.rect((x + at, y), (2, high), dark),
            false => canvas.rect((x, y + at), (wide, 1), mix(wall, dark, 0.4)),
        }
        at += build.lines + if build.ragged { rng.whole(-2, 2) as i32 } else { 0 };
    }
    let roof = *rng.pick(build.roofs);
    let (eaves, rise) = (rng.whole(16, 34) as i32, rng.whole(52, 92) as i32);
    let lean = if build.ragged { rng.whole(-14, 14) as i32 } else { 0 };
    let corners = [
        (x - eaves, y + 6),
        (x + wide / 8 + lean, y - rise),
        (x + wide * 7 / 8 + lean, y - rise),
        (x + wide + eaves, y + 6),
    ];
    canvas.polygon(&corners, roof);
    for row in (y - rise + 8..y + 4).step_by(10) {
        let inset = (y + 6 - row) * (wide / 8 + eaves) / (rise + 6);
        let ridge = mix(roof, [20, 20, 20], 0.25);
        canvas.run(row, x - eaves + inset, x + wide + eaves - inset, ridge);
    }
    let door = x + rng.whole(20, i64::from(wide) - 70) as i32;
    canvas.rect((door, y + high - 84), (42, 84), mix([92, 60, 40], wall, rng.unit() * 0.4));
    for i in 0..build.windows {
        let left = x + 18 + i as i32 * wide / 3;
        if (left - door).abs() > 60 {
            canvas.rect((left, y + 28), (44, 40), [58, 70, 84]);
            canvas.rect((left + 21, y + 28), (3, 40), [208, 200, 186]);
        }
    }
}

fn toilet(canvas: &mut Canvas, horizon: i32, rng: &mut Rng) {
    let (wide, high) = (rng.whole(120, 180) as i32, rng.whole(170, 230) as i32);
    let (x, y) = (rng.whole(140, 340) as i32, horizon - high / 2);
    let wall = *rng.pick(&[[206, 200, 190], [168, 112, 90], [188, 196, 202], [150, 122, 84]]);
    canvas.rect((x, y), (wide, high), wall);
    for row in (y + 12..y + high).step_by(12) {
        canvas.run(row, x, x + wide, mix(wall, [60, 50, 44], 0.25));
    }
    canvas.polygon(
        &[(x - 16, y + 4), (x - 6, y - 26), (x + wide + 22, y - 12), (x + wide + 16, y + 8)],
        [112, 122, 130],
    );
    let door = mix([60, 90, 130], [120, 84, 56], rng.unit());
    canvas.rect((x + wide / 4, y + high / 4), (wide / 2, high * 3 / 4), door);
    canvas.rect((x + wide * 2 / 3, y + high * 3 / 5), (5, 12), [220, 214, 190]);
    if rng.chance(0.6) {
        canvas.rect((x + wide + 12, y - 70), (8, high + 70), [232, 232, 228]);
    }
}

fn bins(canvas: &mut Canvas, horizon: i32, rng: &mut Rng) {
    let colours: [Colour; 4] = [[46, 120, 66], [196, 152, 44], [60, 84, 140], [120, 120, 122]];
    let number = rng.whole(1, 3) as i32;
    for i in 0..number {
        let (wide, high) = (rng.whole(70, 96) as i32, rng.whole(120, 160) as i32);
        let x = 110 + i * 150 + rng.whole(-20, 20) as i32;
        let y = horizon + rng.whole(10, 50) as i32;
        let colour = colours[(i as usize + rng.whole(0, 3) as usize) % 4];
        canvas.polygon(
            &[(x, y), (x + wide, y), (x + wide - 10, y + high), (x + 10, y + high)],
            colour,
        );
        canvas.rect((x - 6, y - 14), (wide + 12, 16), mix(colour, [20, 20, 20], 0.3));
        canvas.rect(
            (x + wide / 4, y + high / 3),
            (wide / 2, 30),
            mix(colour, [240, 240, 240], 0.7),
        );
    }
    for _ in 0..rng.whole(4, 26) {
        let at = (rng.whole(60, 580) as i32, rng.whole(i64::from(horizon) + 90, 470) as i32);
        let scrap = *rng.pick(&[[236, 236, 240], [70, 130, 190], [200, 60, 50], [226, 206, 90]]);
        canvas.polygon(
            &[at, (at.0 + 14, at.1 - 5), (at.0 + 20, at.1 + 6), (at.0 + 6, at.1 + 9)],
            scrap,
        );
    }
}

fn tank(canvas: &mut Canvas, horizon: i32, rng: &mut Rng) {
    let (wide, high) = (rng.whole(150, 240) as i32, rng.whole(140, 210) as i32);
    let (x, y) = (rng.whole(90, 360) as i32, horizon - high / 3);
    let body: Colour =
        *rng.pick(&[[180, 186, 190], [60, 110, 170], [158, 152, 140], [206, 208, 206]]);
    for column in 0..wide {
        let round = (f64::from(column) / f64::from(wide) * 2.0 - 1.0).powi(2);
        canvas.rect((x + column, y), (1, high), mix(body, [30, 34, 40], round * 0.6));
    }
    canvas.ellipse((x + wide / 2, y), (wide / 2, 18), mix(body, [250, 250, 250], 0.35));
    canvas.ellipse((x + wide / 2, y - 4), (wide / 6, 9), mix(body, [30, 30, 34], 0.5));
    let pipe = y + high - rng.whole(20, 50) as i32;
    canvas.rect((x + wide - 4, pipe), (46, 9), [206, 206, 200]);
    canvas.rect((x + wide + 34, pipe), (8, 34), [150, 60, 50]);
    if rng.chance(0.5) {
        canvas.ellipse((x + wide + 40, pipe + 70), (34, 10), [120, 140, 150]);
    }
}
