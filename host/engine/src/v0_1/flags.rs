//! Flags of the interfaces as numbers, since what is generated for them can't be kept by itself.

/// Makes flags of the interfaces something that can be kept: the first is the lowest bit.
macro_rules! keep_as_bits {
    ($flags:ty: $($flag:ident),+) => {
        impl serde::Serialize for $flags {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut bits = 0_u32;
                for (bit, flag) in [$(Self::$flag),+].into_iter().enumerate() {
                    bits |= u32::from(self.contains(flag)) << bit;
                }
                serializer.serialize_u32(bits)
            }
        }

        impl<'de> serde::Deserialize<'de> for $flags {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let bits = u32::deserialize(deserializer)?;
                let mut flags = Self::empty();
                for (bit, flag) in [$(Self::$flag),+].into_iter().enumerate() {
                    if bits >> bit & 1 == 1 {
                        flags |= flag;
                    }
                }
                Ok(flags)
            }
        }
    };
}

pub(super) use keep_as_bits;
