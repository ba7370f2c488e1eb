using System.CommandLine;
using System.CommandLine.Help;
using Microsoft.Extensions.Configuration;
using TlsProxy.Proxy.Hosting.Options.Origins;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>Options that come from the environment or a JSON file, made into arguments, so that every way of setting one is read and
/// checked alike. The command line goes before the environment, the environment before the file.</summary>
internal static class ConfiguredArguments
{
    /// <summary>With what the names of variables begin.</summary>
    public const string Prefix = "TLSPROXY_";

    private const string ConfigOption = "--config";

    /// <summary>The variable that sets an option.</summary>
    public static string VariableOf(Option option) => Prefix + option.Name.TrimStart('-').Replace('-', '_').ToUpperInvariant();

    /// <summary>Adds the options that the arguments don't name.</summary>
    /// <param name="variable">Gives the value of a variable of the environment, or null. One that is empty sets nothing:
    /// files for containers often name variables without a value.</param>
    /// <param name="file">The JSON file, or null where none is named.</param>
    /// <exception cref="StartException">The file can't be read, or names an option that there isn't.</exception>
    public static string[] Complete(RootCommand root, string[] args, Func<string, string?> variable, out ConfigFile? file)
    {
        file = null;
        var command = root.Subcommands.FirstOrDefault(known => args.Length > 0 && known.Name == args[0]);
        if (command is null)
            return args;
        var named = Named(args, ConfigOption);
        var path = named ?? ValueOf(Prefix + "CONFIG", variable);
        file = path is null ? null : ConfigFile.Read(path);
        var settings = file is null ? null : Parse(file, command);
        var completed = new List<string>(WithSwitches(args, command));
        if (path is not null && named is null && command.Options.Any(option => option.Name == ConfigOption))
            completed.Add($"{ConfigOption}={path}");
        foreach (var option in command.Options.Where(IsSettable))
        {
            if (option.Name == ConfigOption || Array.Exists(args, argument => IsNamed(argument, option.Name)))
                continue;
            var name = option.Name[2..];
            var set = ValueOf(VariableOf(option), variable);
            foreach (var value in set is null ? Values(settings, name) : set.Split(',', StringSplitOptions.TrimEntries))
                completed.Add(WithSwitch($"{option.Name}={value}", command));
        }

        return [.. completed];
    }

    private static string? ValueOf(string name, Func<string, string?> variable) =>
        variable(name) is { Length: > 0 } value ? value : null;

    /// <summary>The arguments with each switch and the word behind it in one: the parser takes true and false alone for such words. No
    /// command has arguments that aren't options.</summary>
    private static IEnumerable<string> WithSwitches(string[] args, Command command)
    {
        for (var i = 0; i < args.Length; i++)
        {
            var hasWord = i + 1 < args.Length && !args[i + 1].StartsWith('-') && IsSwitch(args[i], command);
            yield return WithSwitch(hasWord ? $"{args[i]}={args[++i]}" : args[i], command);
        }
    }

    private static bool IsSwitch(string name, Command command) =>
        command.Options.Any(option => option.Name == name && option.ValueType == typeof(bool));

    /// <summary>Gives a switch the one word that the parser of command lines takes, for those that environments and people give.</summary>
    private static string WithSwitch(string argument, Command command)
    {
        var parts = argument.Split(['=', ':'], 2);
        if (parts.Length < 2 || bool.TryParse(parts[1], out _) || !IsSwitch(parts[0], command))
            return argument;
        return OptionValues.Switch(parts[1], out var error) is { } isOn
            ? $"{parts[0]}={(isOn ? "true" : "false")}"
            : throw new StartException($"{parts[0]}: {error}");
    }

    private static bool IsSettable(Option option) => option is not HelpOption && option.Name.StartsWith("--", StringComparison.Ordinal);

    private static bool IsNamed(string argument, string option) =>
        argument == option
        || argument.StartsWith(option + '=', StringComparison.Ordinal) || argument.StartsWith(option + ':', StringComparison.Ordinal);

    private static string? Named(string[] args, string option)
    {
        var index = Array.FindIndex(args, argument => IsNamed(argument, option));
        if (index < 0)
            return null;
        return args[index].Length > option.Length ? args[index][(option.Length + 1)..] : args.ElementAtOrDefault(index + 1);
    }

    private static IConfiguration Parse(ConfigFile source, Command command)
    {
        var path = source.Path;
        var file = source.Parse();
        var unknown = file.GetChildren().FirstOrDefault(
            child => !IsSection(child)
                && !command.Options.Any(option => option.Name == "--" + child.Key && option.Name != ConfigOption));
        if (unknown?.Key == ConfigOption[2..])
        {
            throw new StartException(
                $"{ConfigOption}: {path} sets {unknown.Key}, which names a file and stands on the command line alone; "
                + "remove it from the file.");
        }

        if (unknown is not null)
        {
            var names = command.Options.Where(IsSettable).Select(option => option.Name[2..]);
            throw new StartException(
                $"{ConfigOption}: {path} sets {unknown.Key}, and there is no such option.{Spelling.Hint(unknown.Key, names)}");
        }

        var nested = file.GetChildren().FirstOrDefault(child => !IsSection(child) && !IsValueOrList(child));
        return nested is null
            ? file
            : throw new StartException(
                $"{ConfigOption}: {path} sets {nested.Key} to what is neither a value nor a list of values; "
                + "write it as on the command line.");
    }

    /// <summary>Whether it is no option, but read from the file by itself.</summary>
    private static bool IsSection(IConfigurationSection child) => child.Key is RuleFile.Section or OriginFile.Section or OriginFile.Routes;

    private static bool IsValueOrList(IConfigurationSection section) =>
        section.Value is not null || section.GetChildren().All(child => int.TryParse(child.Key, out _) && child.Value is not null);

    private static IEnumerable<string> Values(IConfiguration? file, string name)
    {
        var section = file?.GetSection(name);
        if (section is null)
            return [];
        return section.Value is { } value ? [value] : section.GetChildren().Select(child => child.Value!);
    }
}
