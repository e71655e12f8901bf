//! Images of numbers and of what holds other values.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::image::{Image, ImageError, Input, layout};

macro_rules! numbers {
    ($($name:ident),+) => {
        $(impl Image for $name {
            const MIN: usize = size_of::<$name>();
            const LAYOUT: u64 = layout(stringify!($name), &[]);

            #[inline]
            fn save(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }

            #[inline]
            fn load(input: &mut Input<'_>) -> Result<Self, ImageError> {
                Ok($name::from_le_bytes(input.take()?))
            }
        })+
    };
}

numbers!(u8, u16, u32, u64, i32, i64, i128);

impl Image for usize {
    const MIN: usize = 8;
    const LAYOUT: u64 = layout("usize", &[]);

    #[inline]
    fn save(&self, out: &mut Vec<u8>) {
        (*self as u64).save(out);
    }

    #[inline]
    fn load(input: &mut Input<'_>) -> Result<Self, ImageError> {
        usize::try_from(u64::load(input)?).map_err(|_| input.damaged("a number beyond this machine"))
    }
}

impl Image for bool {
    const MIN: usize = 1;
    const LAYOUT: u64 = layout("bool", &[]);

    #[inline]
    fn save(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    #[inline]
    fn load(input: &mut Input<'_>) -> Result<Self, ImageError> {
        match u8::load(input)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(input.damaged("neither yes nor no")),
        }
    }
}

impl<T: Image> Image for Option<T> {
    const MIN: usize = 1;
    const LAYOUT: u64 = layout("Option", &[("", T::LAYOUT)]);

    #[inline]
    fn save(&self, out: &mut Vec<u8>) {
        self.is_some().save(out);
        if let Some(value) = self {
            value.save(out);
        }
    }

    #[inline]
    fn load(input: &mut Input<'_>) -> Result<Self, ImageError> {
        if bool::load(input)? { T::load(input).map(Some) } else { Ok(None) }
    }
}

impl<T: Image> Image for Box<T> {
    const MIN: usize = T::MIN;
    const LAYOUT: u64 = T::LAYOUT;

    fn save(&self, out: &mut Vec<u8>) {
        self.as_ref().save(out);
    }

    fn load(input: &mut Input<'_>) -> Result<Self, ImageError> {
        T::load(input).map(Box::new)
    }
}

impl<A: Image, B: Image> Image for (A, B) {
    const MIN: usize = A::MIN + B::MIN;
    const LAYOUT: u64 = layout("pair", &[("", A::LAYOUT), ("", B::LAYOUT)]);

    #[inline]
    fn save(&self, out: &mut Vec<u8>) {
        self.0.save(out);
        self.1.save(out);
    }

    #[inline]
    fn load(input: &mut Input<'_>) -> Result<Self, ImageError> {
        Ok((A::load(input)?, B::load(input)?))
    }
}

impl<A: Image, B: Image, C: Image> Image for (A, B, C) {
    const MIN: usize = A::MIN + B::MIN + C::MIN;
    const LAYOUT: u64 = layout("triple", &[("", A::LAYOUT), ("", B::LAYOUT), ("", C::LAYOUT)]);

    #[inline]
    fn save(&self, out: &mut Vec<u8>) {
        self.0.save(out);
        self.1.save(out);
        self.2.save(out);
    }

    #[inline]
    fn load(input: &mut Input<'_>) -> Result<Self, ImageError> {
        Ok((A::load(input)?, B::load(input)?, C::load(input)?))
    }
}

impl<T: Image, const N: usize> Image for [T; N] {
    const MIN: usize = N * T::MIN;
    const LAYOUT: u64 = layout("array", &[("", N as u64), ("", T::LAYOUT)]);

    fn save(&self, out: &mut Vec<u8>) {
        for item in self {
            item.save(out);
        }
    }

    fn load(input: &mut Input<'_>) -> Result<Self, ImageError> {
        let mut failed = None;
        let items = std::array::from_fn(|_| T::load(input).map_err(|error| *failed.get_or_insert(error)).ok());
        match failed {
            Some(error) => Err(error),
            None => Ok(items.map(|item: Option<T>| item.expect("every item was loaded"))),
        }
    }
}

impl<T: Image> Image for Vec<T> {
    const MIN: usize = 8;
    const LAYOUT: u64 = layout("list", &[("", T::LAYOUT)]);

    fn save(&self, out: &mut Vec<u8>) {
        self.len().save(out);
        out.reserve(self.len().saturating_mul(T::MIN));
        for item in self {
            item.save(out);
        }
    }

    fn load(input: &mut Input<'_>) -> Result<Self, ImageError> {
        let count = input.count(T::MIN)?;
        let mut list = Vec::with_capacity(count);
        for _ in 0..count {
            list.push(T::load(input)?);
        }
        Ok(list)
    }
}

impl<T: Image> Image for VecDeque<T> {
    const MIN: usize = 8;
    const LAYOUT: u64 = <Vec<T>>::LAYOUT;

    fn save(&self, out: &mut Vec<u8>) {
        self.len().save(out);
        out.reserve(self.len().saturating_mul(T::MIN));
        for item in self {
            item.save(out);
        }
    }

    fn load(input: &mut Input<'_>) -> Result<Self, ImageError> {
        <Vec<T>>::load(input).map(VecDeque::from)
    }
}

impl<K: Image + Ord, V: Image> Image for BTreeMap<K, V> {
    const MIN: usize = 8;
    const LAYOUT: u64 = layout("map", &[("", K::LAYOUT), ("", V::LAYOUT)]);

    fn save(&self, out: &mut Vec<u8>) {
        self.len().save(out);
        for (key, value) in self {
            key.save(out);
            value.save(out);
        }
    }

    fn load(input: &mut Input<'_>) -> Result<Self, ImageError> {
        let pairs: Vec<(K, V)> = Vec::load(input)?;
        input.ensure(pairs.is_sorted_by(|a, b| a.0 < b.0), "keys out of order")?;
        Ok(BTreeMap::from_iter(pairs))
    }
}

impl<T: Image + Ord> Image for BTreeSet<T> {
    const MIN: usize = 8;
    const LAYOUT: u64 = layout("set", &[("", T::LAYOUT)]);

    fn save(&self, out: &mut Vec<u8>) {
        self.len().save(out);
        for item in self {
            item.save(out);
        }
    }

    fn load(input: &mut Input<'_>) -> Result<Self, ImageError> {
        let items: Vec<T> = Vec::load(input)?;
        input.ensure(items.is_sorted_by(|a, b| a < b), "items out of order")?;
        Ok(BTreeSet::from_iter(items))
    }
}
