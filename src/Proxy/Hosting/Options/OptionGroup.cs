using System.CommandLine;
using System.CommandLine.Parsing;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>The command line options of one area: they are made, described and read in one place.</summary>
internal abstract class OptionGroup
{
    private readonly List<Option> _options = [];

    /// <summary>Adds the options to a command, in the order they were made.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in _options)
            command.Options.Add(option);
    }

    /// <summary>Makes an option a member of the group.</summary>
    protected T Add<T>(T option)
        where T : Option
    {
        _options.Add(option);
        return option;
    }

    protected Option<string?> Text(string name, string description) => Add(new Option<string?>(name) { Description = description });

    /// <summary>An option that may be given several times.</summary>
    protected Option<string[]> Texts(string name, string description) => Add(new Option<string[]>(name)
    {
        Description = description,
        DefaultValueFactory = _ => [],
        AllowMultipleArgumentsPerToken = false,
    });

    protected Option<bool> Flag(string name, string description) => Add(new Option<bool>(name) { Description = description + " (default off)." });

    protected Option<TimeSpan> Duration(string name, string description, TimeSpan value) => Add(new Option<TimeSpan>(name)
    {
        Description = description,
        DefaultValueFactory = _ => value,
        CustomParser = result => Read(result, OptionValues.Duration(TextOf(result), out var error), error) ?? value,
    });

    /// <summary>A time that something is waited for.</summary>
    protected Option<TimeSpan> TimeLimit(string name, string description, TimeSpan value) => Add(new Option<TimeSpan>(name)
    {
        Description = description,
        DefaultValueFactory = _ => value,
        CustomParser = result => Read(result, OptionValues.TimeLimit(TextOf(result), out var error), error) ?? value,
    });

    /// <summary>A time that may be 0.</summary>
    protected Option<TimeSpan> DurationOrNone(string name, string description, TimeSpan value) => Add(new Option<TimeSpan>(name)
    {
        Description = description,
        DefaultValueFactory = _ => value,
        CustomParser = result => Read(result, OptionValues.DurationOrNone(TextOf(result), out var error), error) ?? value,
    });

    protected Option<long> Bytes(string name, string description, long value) => Add(new Option<long>(name)
    {
        Description = description,
        DefaultValueFactory = _ => value,
        CustomParser = result => Read(result, OptionValues.Size(TextOf(result), out var error), error) ?? value,
    });

    /// <summary>A number of bytes without a default of its own.</summary>
    protected Option<long?> Bytes(string name, string description) => Add(new Option<long?>(name)
    {
        Description = description,
        CustomParser = result => Read(result, OptionValues.Size(TextOf(result), out var error), error),
    });

    protected Option<int> Number(string name, string description, int value, int minimum, int maximum)
    {
        var option = Add(new Option<int>(name) { Description = description, DefaultValueFactory = _ => value });
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, out var number) || number < minimum || number > maximum))
                result.AddError($"{name} takes a number from {minimum} to {maximum}.");
        });
        return option;
    }

    /// <summary>One of some words, the first of which is the default.</summary>
    protected Option<string> Choice(string name, string description, params string[] words)
    {
        var option = Add(new Option<string>(name) { Description = description, HelpName = string.Join('|', words), DefaultValueFactory = _ => words[0] });
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !words.Contains(result.Tokens[0].Value))
                result.AddError($"{name}: '{result.Tokens[0].Value}' is none of its values; write {string.Join(", ", words[..^1])} or {words[^1]}.");
        });
        return option;
    }

    /// <summary>The text given for an option of one value.</summary>
    protected static string TextOf(ArgumentResult result) => result.Tokens[0].Value;

    /// <summary>Passes a value on, or makes the lack of one an error that names the option.</summary>
    protected static T Read<T>(ArgumentResult result, T value, string error)
    {
        if (value is null)
            result.AddError($"{(result.Parent as OptionResult)?.Option.Name ?? "option"}: {error}");
        return value;
    }
}
