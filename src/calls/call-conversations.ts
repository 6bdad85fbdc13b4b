import { Inject, Injectable, OnModuleInit } from '@nestjs/common';
import { Agent } from '../agents/agent.entity.js';
import { render } from '../agents/instruction-variables.js';
import { AppError } from '../common/app-error.js';
import { Clock } from '../common/clock.js';
import { SystemTimers } from '../common/timers.js';
import { Conversation } from '../conversations/conversation.js';
import type { ConversationListener } from '../conversations/conversation-events.js';
import type { ConversationSettings } from '../conversations/conversation-settings.js';
import { Database } from '../database/database.js';
import type { LanguageModel } from '../llm/language-model.js';
import { LANGUAGE_MODEL } from '../llm/llm.module.js';
import { Project } from '../projects/project.entity.js';
import { loadVoiceActivity } from '../speech/fvad.js';
import { BuiltInSpeech } from '../speech/synthesis/built-in-speech.js';
import type { VoiceActivity } from '../speech/voice-activity.js';
import type { LineCall } from '../telephony/phone-line.js';
import { Call } from './call.entity.js';
import { CallsSettings } from './calls.settings.js';
import { type Variables, textsOf } from './variables-field.js';

/** Begins the conversation of one call on its line. */
export type BeginConversation = (line: LineCall, listener: ConversationListener) => Conversation;

/** Makes the conversations of calls: what their agents say, and what they speak, hear and think with. */
@Injectable()
export class CallConversations implements OnModuleInit {
  private readonly timers = new SystemTimers();
  private makeVoiceActivity: () => VoiceActivity;

  constructor(
    @Inject(LANGUAGE_MODEL) private readonly model: LanguageModel,
    private readonly synthesizer: BuiltInSpeech,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly settings: CallsSettings,
  ) {}

  async onModuleInit(): Promise<void> {
    this.makeVoiceActivity = await loadVoiceActivity();
  }

  /** Reads all that a conversation needs before the call is dialled. Null: its agent is gone, or asks for variables that the call does not have. */
  async prepare(call: Call): Promise<BeginConversation | null> {
    const { manager } = this.database.reader;
    const agent = await manager.findOneBy(Agent, { id: call.agentId, projectId: call.projectId });
    const project = await manager.findOneBy(Project, { id: call.projectId });
    const instruction = agent && this.instructionOf(agent, call);
    if (!agent || !project || instruction === null) return null;
    const settings = this.settingsOf(agent, project, instruction);
    return (line, listener) => {
      const { timers, model, synthesizer } = this;
      const parts = { timers, model, synthesizer, line, recognizer: null, voiceActivity: this.makeVoiceActivity() };
      return new Conversation(parts, settings, listener);
    };
  }

  /** The agent may have changed since the call was accepted. */
  private instructionOf({ systemInstruction }: Agent, { dynamicVariables }: Call): string | null {
    try {
      return render(systemInstruction, textsOf(JSON.parse(dynamicVariables) as Variables));
    } catch (error) {
      if (error instanceof AppError) return null;
      throw error;
    }
  }

  private settingsOf(agent: Agent, project: Project, instruction: string): ConversationSettings {
    return {
      greeting: `Hello, this is ${agent.name} of ${project.name}. Do you have a moment?`,
      disclosure: this.settings.CALL_DISCLOSURE,
      instruction,
      startedAt: this.clock.now(),
      timeZone: 'UTC',
      voiceId: agent.voiceId,
      language: 'en',
      maxSeconds: this.settings.CALL_MAX_SECONDS,
      silenceSeconds: this.settings.CALL_SILENCE_SECONDS,
      transferTo: [],
      voicemailMessage: null,
    };
  }
}
