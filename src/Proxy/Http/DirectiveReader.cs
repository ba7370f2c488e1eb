namespace TlsProxy.Proxy.Http;

/// <summary>Walks over the directives of all Cache-Control lines of a message (RFC 9111, section 5.2): a token, perhaps an argument
/// that is a token or a quoted string. Nothing stands between name, equals sign and argument.</summary>
internal ref struct DirectiveReader(FieldTable fields)
{
    private readonly FieldTable _fields = fields;
    private int _next = fields.Find(KnownField.CacheControl);
    private ReadOnlySpan<byte> _line;

    /// <summary>The directive's name; it is compared without regard to case.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>The argument without its quotes; empty where there is none.</summary>
    public ReadOnlySpan<byte> Argument { get; private set; }

    public bool HasArgument { get; private set; }

    /// <summary>A quote stands elsewhere than at both ends of the argument, so that commas may have been taken for parts of it.</summary>
    public bool IsMisquoted { get; private set; }

    /// <summary>Goes to the next directive. One whose name is followed by white space keeps its name
    /// and has an argument that is no number.</summary>
    public bool MoveNext()
    {
        ReadOnlySpan<byte> member;
        while (!Tokens.TryNext(ref _line, out member))
        {
            if (_next < 0)
                return false;
            _line = _fields.Value(_next);
            _next = _fields.Find(KnownField.CacheControl, _next + 1);
        }

        var equals = member.IndexOf((byte)'=');
        HasArgument = equals >= 0;
        Name = HasArgument ? Tokens.Trim(member[..equals]) : member;
        Argument = default;
        IsMisquoted = Name.Contains((byte)'"');
        if (!HasArgument)
            return true;
        var argument = member[(equals + 1)..];
        // White space around the equals sign makes the directive malformed; an argument with the space in it is never a number.
        if (Name.Length < equals)
            argument = " "u8;
        Argument = argument is [(byte)'"', .., (byte)'"'] ? argument[1..^1] : argument;
        IsMisquoted |= HasQuote(Argument);
        return true;
    }

    // A quote that is escaped is part of a quoted string.
    private static bool HasQuote(ReadOnlySpan<byte> argument)
    {
        for (var i = 0; i < argument.Length; i++)
        {
            if (argument[i] == '"')
                return true;
            if (argument[i] == '\\')
                i++;
        }

        return false;
    }
}
