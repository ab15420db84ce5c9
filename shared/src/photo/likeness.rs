//! Whether two photos show the same picture: 128 bits that say of neighbouring ninths of a photo
//! which is brighter (the difference hash, along both axes). Scaling and recompressing a photo
//! changes a few of them; cropping or taking it again changes many.

/// Ninths along each side.
pub const GRID: usize = 9;
/// Pieces of 16 bits by which likenesses are looked up: of two that differ in fewer bits than there
/// are pieces, one piece at least is equal.
pub const BANDS: usize = 8;

/// Least difference between the darkest and the brightest ninth: a photo of a wall or of the dark
/// is like any other.
const CONTRAST: u8 = 24;

/// The likeness of a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Likeness(u128);

impl Likeness {
    /// Of the mean brightness of each ninth, row by row; `None` when there is nothing to see.
    pub fn of(grid: &[u8; GRID * GRID]) -> Option<Likeness> {
        let (darkest, brightest) = (grid.iter().min()?, grid.iter().max()?);
        if brightest - darkest < CONTRAST {
            return None;
        }
        let mut bits = 0_u128;
        for y in 0..GRID - 1 {
            for x in 0..GRID - 1 {
                let here = grid[y * GRID + x];
                bits = bits << 1 | u128::from(grid[y * GRID + x + 1] > here);
                bits = bits << 1 | u128::from(grid[(y + 1) * GRID + x] > here);
            }
        }
        Some(Likeness(bits))
    }

    /// Bits in which two differ: 0 for the same picture, about 64 for unrelated ones.
    pub fn distance(self, other: Likeness) -> u32 {
        (self.0 ^ other.0).count_ones()
    }

    /// Its pieces.
    pub fn bands(self) -> [u16; BANDS] {
        let bytes = self.bytes();
        std::array::from_fn(|n| u16::from_be_bytes([bytes[2 * n], bytes[2 * n + 1]]))
    }

    /// As stored.
    pub fn bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// As it was stored.
    pub fn from_bytes(bytes: [u8; 16]) -> Likeness {
        Likeness(u128::from_be_bytes(bytes))
    }
}
