namespace TlsProxy.Proxy.Http.StructuredFields;

/// <summary>Reads keys, values and parameters from left to right, exactly as RFC 9651, section 4.2, says;
/// what isn't of that form fails as a whole.</summary>
internal ref struct StructuredReader(ReadOnlySpan<byte> input)
{
    private ReadOnlySpan<byte> _rest = input;

    public readonly bool AtEnd => _rest.IsEmpty;

    public void SkipSpaces() => _rest = _rest.TrimStart((byte)' ');

    public void SkipOptionalWhiteSpace() => _rest = _rest.TrimStart(" \t"u8);

    /// <summary>Takes a byte if it comes next.</summary>
    public bool TryTake(byte expected)
    {
        if (_rest.IsEmpty || _rest[0] != expected)
            return false;
        _rest = _rest[1..];
        return true;
    }

    /// <summary>A key: lower-case letters, digits, <c>_ - . *</c>, beginning with a letter or <c>*</c>.</summary>
    public bool TryReadKey(out ReadOnlySpan<byte> key)
    {
        key = default;
        if (_rest.IsEmpty || !(IsLower(_rest[0]) || _rest[0] == '*'))
            return false;
        key = TakeWhile(static octet => IsLower(octet) || char.IsAsciiDigit((char)octet)
            || octet is (byte)'_' or (byte)'-' or (byte)'.' or (byte)'*');
        return true;
    }

    /// <summary>An item or an inner list, with its parameters, which are checked and dropped. An inner list holds no inner lists,
    /// so there is no depth to bound.</summary>
    public bool TryReadMember(out StructuredValue value)
    {
        if (!TryTake((byte)'('))
            return TryReadBareItem(out value) && TrySkipParameters();
        value = new StructuredValue(StructuredKind.InnerList, 0, default);
        while (true)
        {
            SkipSpaces();
            if (TryTake((byte)')'))
                return TrySkipParameters();
            if (!TryReadBareItem(out _) || !TrySkipParameters() || _rest.IsEmpty || _rest[0] is not ((byte)' ' or (byte)')'))
                return false;
        }
    }

    /// <summary>Parameters are checked, and dropped: no field that is read here gives them a meaning.</summary>
    public bool TrySkipParameters()
    {
        while (TryTake((byte)';'))
        {
            SkipSpaces();
            if (!TryReadKey(out _) || (TryTake((byte)'=') && !TryReadBareItem(out _)))
                return false;
        }

        return true;
    }

    private bool TryReadBareItem(out StructuredValue value)
    {
        value = default;
        if (_rest.IsEmpty)
            return false;
        var read = BareItem.TryRead(_rest, out value, out var length);
        _rest = _rest[length..];
        return read;
    }

    private ReadOnlySpan<byte> TakeWhile(Predicate<byte> belongs)
    {
        var length = 0;
        while (length < _rest.Length && belongs(_rest[length]))
            length++;
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    private static bool IsLower(byte octet) => octet is >= (byte)'a' and <= (byte)'z';
}
